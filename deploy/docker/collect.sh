#!/bin/sh
# Collects what the image holds beside the executable: the libraries that it loads, certificates, the account, licences.
#   collect.sh EXECUTABLE FOLDER
set -eu
EXECUTABLE=${1:?usage: collect.sh EXECUTABLE FOLDER}
IMAGE=${2:?usage: collect.sh EXECUTABLE FOLDER}
mkdir -p "$IMAGE/etc/ssl/certs" "$IMAGE/usr/share/doc/wiredesk"

missing=$(ldd "$EXECUTABLE" | grep 'not found' || true)
if [ -n "$missing" ]; then
    echo "this Debian lacks what the executable loads; RUNTIME_IMAGE must be of the release that it was built on:" >&2
    echo "$missing" >&2
    exit 1
fi
# "libz.so.1 => /lib/…/libz.so.1 (0x…)", and the loader's own "/lib64/ld-linux… (0x…)".
ldd "$EXECUTABLE" | sed -n 's/^.*[[:space:]]\(\/[^ ]*\) (0x.*$/\1/p' | sort -u | while read -r library; do
    mkdir -p "$IMAGE$(dirname "$library")"
    cp -L "$library" "$IMAGE$library"
done

cp -L /etc/ssl/certs/ca-certificates.crt "$IMAGE/etc/ssl/certs/"
echo 'wiredesk:x:10001:10001::/var/lib/wiredesk:/usr/sbin/nologin' >"$IMAGE/etc/passwd"
echo 'wiredesk:x:10001:' >"$IMAGE/etc/group"
echo 'hosts: files dns' >"$IMAGE/etc/nsswitch.conf"
install -d -m 1777 "$IMAGE/tmp"
install -d -m 700 -o 10001 -g 10001 "$IMAGE/var/lib/wiredesk"

cp /LICENSE-APACHE /LICENSE-MIT /NOTICE "$IMAGE/usr/share/doc/wiredesk/"
for package in ca-certificates libc6 libgcc-s1 libssl3 zlib1g; do
    [ -f "/usr/share/doc/$package/copyright" ] || continue
    mkdir -p "$IMAGE/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$IMAGE/usr/share/doc/$package/"
done
