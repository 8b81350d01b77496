/* Figures out of the Parquet file, by byte range: the footer, then the row groups that hold what is asked.

   A server that sends no ranges sends the whole file, up to a bound. A page opened from a folder may not fetch: there the
   file lies in pieces, as scripts. Nothing is asked twice. */
(() => {
"use strict";
const explorer = (globalThis.explorer ??= {});
const LARGEST = 16 * 1024 * 1024; // bytes of a file that is fetched whole
const PIECE = 256 * 1024; // bytes of a piece, as pipeline/site/offline.py cuts them
const MOST_AHEAD = 8; // row groups that are asked for before it is known whether they are needed
const COLUMNS = ["figure", "year", "agency_id", "is_aggregate", "value", "base", "status"];

class Refused extends Error {
  constructor(reason, megabytes) {
    super(reason);
    Object.assign(this, { reason, megabytes });
  }
}

const loaded = (src) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });

const addressOf = (address, { sha256 }) => {
  const url = new URL(address, location.href);
  url.searchParams.set("v", sha256); // a file of another state of the data is another file
  return url;
};
const ranged = (url, start, end, signal) => fetch(url, { signal, headers: { Range: `bytes=${start}-${end - 1}` } });

/** What the address asks for is on its way before the other scripts are there: the footer, and the row groups beside it. */
const ahead = [];
const goAhead = () => {
  const section = document.querySelector("[data-explore]");
  const about = globalThis.explorerIndex?.file;
  const asked = new URLSearchParams(location.search);
  const applicants = [asked.get("by"), asked.get("cols")].includes("applicant"); // then all figures of a row are meant
  const keys = (asked.get("m") ?? "").split(",").filter(Boolean).map((key) => (applicants ? [key, `${key}/~`] : [explorer.figureOf(key), explorer.figureOf(key)]));
  if (!section || !about?.groups || !keys.length || location.protocol === "file:") return;
  const { bytes, footer, groups } = about;
  const wanted = groups.filter(([least, most]) => keys.some(([from, to]) => least <= to && from <= most)).map(([, , start, end]) => [start, end]);
  const rest = new AbortController();
  const ask = ([start, end], signal) => {
    const answer = ranged(addressOf(section.dataset.file, about), start, end, signal);
    ahead.push({ start, end, answer });
    return answer;
  };
  const stop = () => rest.abort(); // the whole file comes with the footer; what goes wrong is told where it is used
  ask([bytes - footer, bytes]).then(({ status }) => status !== 206 && stop(), stop);
  for (const one of wanted.slice(0, MOST_AHEAD)) ask(one, rest.signal).catch(() => {});
};

/** The file on a server. told: hears of a server that sends the whole file. */
const onServer = (address, about, told) => {
  const { bytes } = about;
  const url = addressOf(address, about);
  let whole;
  const asked = (start, end) => {
    const at = ahead.findIndex((one) => one.start === start && one.end === end);
    return at < 0 ? ranged(url, start, end) : ahead.splice(at, 1)[0].answer;
  };
  const slice = async (start, end = bytes) => {
    if (whole) return (await whole).slice(start, end);
    const answer = await asked(start, end);
    if (answer.status === 416) throw new Refused("changed"); // the file is shorter than it was
    if (!answer.ok) throw new Refused("failed");
    if (answer.status === 206) {
      if (!answer.headers.get("Content-Range")?.endsWith(`/${bytes}`)) throw new Refused("changed");
      return answer.arrayBuffer();
    }
    const megabytes = Math.ceil(bytes / 1e6);
    if (bytes > LARGEST) {
      answer.body.cancel();
      throw new Refused("large", megabytes);
    }
    whole ??= answer.arrayBuffer().then((data) => {
      if (data.byteLength !== bytes) throw new Refused("changed");
      told(megabytes);
      return data;
    });
    return (await whole).slice(start, end);
  };
  return { byteLength: bytes, slice };
};

const inFolder = (index, { bytes }) => {
  const pieces = new Map();
  const piece = (number) => {
    if (!pieces.has(number))
      pieces.set(number, loaded(new URL(`${number}.js`, new URL(index, location.href))).then(() =>
        Uint8Array.from(atob(globalThis.explorerPieces[number]), (letter) => letter.charCodeAt(0))));
    return pieces.get(number);
  };
  const slice = async (start, end = bytes) => {
    const first = Math.floor(start / PIECE);
    const taken = await Promise.all(Array.from({ length: Math.ceil(end / PIECE) - first }, (_, at) => piece(first + at)));
    const joined = new Uint8Array(taken.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of taken) {
      joined.set(one, at);
      at += one.length;
    }
    return joined.slice(start - first * PIECE, end - first * PIECE).buffer;
  };
  return { byteLength: bytes, slice };
};

/** Asks a file. `figures(keys)` → key → year → agency → its facts, none for what no report has. */
const open = ({ index, file: address }, told) => {
  const { file: about, version } = globalThis.explorerIndex;
  const file = location.protocol === "file:" ? inFolder(index, about) : onServer(address, about, told);
  const groups = new Map();
  let metadata;
  const footer = async () => {
    const found = await hyparquet.parquetMetadataAsync(file, { initialFetchSize: about.footer });
    const said = found.key_value_metadata.find(({ key }) => key === "version")?.value;
    if (said !== version) throw new Refused("changed");
    let start = 0;
    return {
      found,
      groups: found.row_groups.map((group) => {
        const { min_value: min, max_value: max } = group.columns[0].meta_data.statistics;
        const rows = { min, max, start, end: (start += Number(group.num_rows)) };
        return rows;
      }),
    };
  };
  const group = (found, { start, end }) => {
    if (!groups.has(start)) groups.set(start, read(file, found, start, end));
    return groups.get(start);
  };
  const figures = async (keys) => {
    try {
      metadata ??= footer();
      const { found, groups: all } = await metadata;
      const some = all.filter(({ min, max }) => keys.some((key) => min <= key && key <= max));
      const tables = await Promise.all(some.map((one) => group(found, one)));
      return new Map(keys.map((key) => [key, factsOf(tables, key)]));
    } catch (error) {
      metadata = undefined; // whoever asks again tries again
      groups.clear();
      throw error;
    }
  };
  return { figures };
};

/** The rows of a row group: column → its values. */
const read = async (file, metadata, rowStart, rowEnd) => {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, []]));
  await hyparquet.parquetRead({
    file, metadata, rowStart, rowEnd, columns: COLUMNS,
    onChunk: ({ columnName, columnData, rowStart: at }) => {
      const all = columns[columnName];
      for (let index = 0; index < columnData.length; index++) all[at - rowStart + index] = columnData[index];
    },
  });
  return columns;
};

const factsOf = (tables, key) => {
  const years = new Map();
  for (const { figure, year, agency_id, is_aggregate, value, base, status } of tables) {
    let at = figure.indexOf(key);
    if (at < 0) continue;
    for (; figure[at] === key; at++) {
      const when = Number(year[at]); // a file of long integers gives others
      if (!years.has(when)) years.set(when, new Map());
      const agencies = years.get(when);
      const fact = { value: value[at] ?? null, base: base[at] ?? null, status: status[at], aggregate: is_aggregate[at] };
      if (agencies.has(agency_id[at])) agencies.get(agency_id[at]).push(fact);
      else agencies.set(agency_id[at], [fact]);
    }
  }
  return years;
};

goAhead();
Object.assign(explorer, { open, loaded, Refused });
})();
