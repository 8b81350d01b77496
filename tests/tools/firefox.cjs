// Read by Playwright's driver before itself (NODE_OPTIONS): Firefox ESR does not know one command that Playwright sends it
// for every page, and a page cannot be opened. In its place goes one that does nothing. So no palette can be asked for there.
const { Module } = require("node:module");
const compile = Module.prototype._compile;
Module.prototype._compile = function (text, file, ...others) {
  const known = file.endsWith("coreBundle.js") ? text.replaceAll('"emulation.setMediaFeaturesOverride"', '"session.status"') : text;
  return compile.call(this, known, file, ...others);
};
