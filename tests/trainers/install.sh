#!/bin/sh
# Make the environments of the trainer tests: install.sh FOLDER PYTHON (about 1.6 GB, once).
# On Linux, PyPI's torch brings CUDA along (gigabytes more): for the build without it, set
# PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
set -eu
folder=$1 python=$2 here=$(dirname "$0")
mkdir -p "$folder"
echo '*' > "$folder/.gitignore"

echo "installing torch and TRL into $folder ..."
"$python" -m venv "$folder/python"
pip="$folder/python/bin/python -m pip install --quiet --disable-pip-version-check"
$pip torch==2.13.0  # first and alone: the others would choose a build of it
$pip -r "$here/requirements.txt"
$pip --no-deps -r "$here/requirements-megatron.txt"

# MosaicML's reader wants an older NumPy and transformers than TRL does. It gets what reading takes,
# without the parts that read clouds and pictures, and finds torch in the other environment.
echo "installing MosaicML's reader into $folder ..."
"$python" -m venv "$folder/mosaicml"
"$folder/mosaicml/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  -r "$here/requirements-mosaicml.txt"
site='import sysconfig; print(sysconfig.get_path("purelib"))'
"$folder/python/bin/python" -c "$site" > "$("$folder/mosaicml/bin/python" -c "$site")/torch.pth"
