#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# tests/kernels/fetch.sh KERNEL: the image of that kernel as build/kernels/KERNEL, and a shell for its
# guests as KERNEL.busybox, unless they are there, from this Debian machine's mirror. Nothing is installed.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/kernels
kernel=$PWD/build/kernels/$1
[ ! -e "$kernel" ] || exit 0

awk -v name="$1" '$1 == name { print $2, $3, $4 }' tests/kernels/kernels >"$kernel.source"
read -r suite architecture package <"$kernel.source"
rm "$kernel.source"

apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/here/partial"

# mirror_of [OPTION]...: of Debian, among what apt here knows.
mirror_of() {
	# shellcheck disable=SC2016 # apt's own variable
	apt-get "$@" indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' |
		grep -v -e -security | head -n 1
}
mirror=$(mirror_of)
if [ -z "$mirror" ]; then # the lists are not there, as in images for containers
	set -- -qq -o "Dir::State::lists=$apt/here" -o "Dir::Cache=$apt" -o APT::Sandbox::User=
	apt-get "$@" update
	mirror=$(mirror_of "$@")
fi
[ -n "$mirror" ] || {
	echo 'apt knows no mirror of Debian'
	exit 1
}

# An apt of our own, which has that suite and architecture alone, and nothing installed.
echo "deb $mirror $suite main" >"$apt/sources.list"
: >"$apt/status"
cat >"$apt/conf" <<-END
	Dir::State "$apt";
	Dir::State::status "$apt/status";
	Dir::Cache "$apt";
	Dir::Etc::sourcelist "$apt/sources.list";
	Dir::Etc::sourceparts "-";
	APT::Architecture "$architecture";
	APT::Architectures { "$architecture"; };
	APT::Sandbox::User "";
	Acquire::Languages "none";
END
export APT_CONFIG="$apt/conf"
cd "$apt"
apt-get -qq update

# The package has no kernel but depends on the one that has; from 7.x on over a linux-image.
package=$(apt-cache depends --recurse --important "$package" |
	grep -E '^linux-(image|binary)-[0-9]' | sort | head -n 1)
apt-get -qq download "$package" busybox-static
for package in ./*.deb; do
	dpkg-deb -x "$package" .
done
mv "$(find . -path '*/bin/busybox')" "$kernel.busybox"
mv "$(find . -type f -name 'vmlinu*')" "$kernel.new"
mv "$kernel.new" "$kernel" # whole, or not at all
