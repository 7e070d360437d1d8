#!/bin/sh
# Make the environments of the interop tests: install.sh FOLDER PYTHON (about 1 GB, once).
set -eu
folder=$1 python=$2 here=$(dirname "$0")
mkdir -p "$folder/node"
echo '*' > "$folder/.gitignore"

echo "installing DSPy, LangChain, mlcroissant and vendors' libraries into $folder ..."
"$python" -m venv "$folder/python"
"$folder/python/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"

echo "installing the client of Together into $folder, the last that checks rows and today's ..."
for version in 2.14.0 3.1.1; do
  "$python" -m venv "$folder/together-$version"
  "$folder/together-$version/bin/python" -m pip install --quiet --disable-pip-version-check "together==$version"
done

if ! command -v npm >/dev/null; then
  echo "there is no npm: the tests with promptfoo will be skipped"
  exit 0
fi
echo "installing promptfoo into $folder ..."
cp "$here/package.json" "$folder/node/package.json"
cd "$folder/node"
quiet="--omit=optional --no-audit --no-fund --loglevel=error"
npm install $quiet
# of promptfoo's optional parts (over 1 GB) it needs but one: the database of this platform
libc=$(node -p 'process.platform === "linux" ? "-gnu" : ""')
binding=$(node -p '`@libsql/${process.platform}-${process.arch}`')$libc
npm install $quiet --no-save "$binding@$(node -p 'require("./node_modules/libsql/package.json").version')"
