#!/usr/bin/env bash
# Makes what is given to people without a compiler, in target/dist: the program, a Debian package, what both are made of
# (CycloneDX: the program's crates, those of its WASM, the npm packages of its scripts), and checksums.
#
#   make release            build them
#   make release CHECK=1    … and install the package in a Debian of its own, where systemd starts it (root; needs debootstrap
#                           and systemd-container)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${RINGSIDE_RELEASE_BIN:-${CARGO_TARGET_DIR:-target}/release/ringside}
version=$("$program" --version | awk '{print $2}')
architecture=$(dpkg --print-architecture)
dist=target/dist
name=ringside_${version}_$architecture
rm -rf "$dist" && mkdir -p "$dist"

# The oldest C library that has all that the program uses.
libc=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -1)

package() {
  local root
  root=$(mktemp -d)
  trap 'rm -rf "$root"' RETURN
  chmod 755 "$root"
  install -D -m 755 "$program" "$root/usr/bin/ringside"
  strip --strip-unneeded "$root/usr/bin/ringside"
  install -D -m 644 packaging/debian/ringside.service "$root/lib/systemd/system/ringside.service"
  install -D -m 640 packaging/debian/ringside.toml "$root/etc/ringside/ringside.toml"
  install -D -m 644 -t "$root/usr/share/doc/ringside" README.md docs/*.md
  install -m 644 LICENSE "$root/usr/share/doc/ringside/copyright"
  install -d "$root/DEBIAN"
  install -m 755 packaging/debian/{postinst,prerm,postrm} "$root/DEBIAN/"
  echo /etc/ringside/ringside.toml >"$root/DEBIAN/conffiles"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: ringside
Version: $version
Architecture: $architecture
Maintainer: Ringside <ringside@localhost>
Section: net
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: libc6 (>= $libc), libgcc-s1, adduser, ca-certificates
Suggests: postgresql, ffmpeg
Description: reports for AI voicebot call campaigns
 A dashboard of what campaigns of calls cost, whom they reached and how every
 call ended, with the recordings; for voicebot platforms and diallers, on
 SQLite or PostgreSQL.
CONTROL
  dpkg-deb --root-owner-group --build -Zxz "$root" "$dist/$name.deb" >/dev/null
  cp "$root/usr/bin/ringside" "$dist/ringside"
}

# What the program and the scripts in it are made of.
made_of() {
  command -v cargo-cyclonedx >/dev/null || cargo install --locked --quiet cargo-cyclonedx
  cargo cyclonedx --format json --describe binaries --quiet
  mv server/ringside_bin.cdx.json "$dist/ringside.cdx.json"
  mv frontend/frontend_cdylib.cdx.json "$dist/ringside-wasm.cdx.json"
  rm tools/bindgen/bindgen_bin.cdx.json
  npm sbom --sbom-format cyclonedx >"$dist/ringside-scripts.cdx.json"
}

# A Debian of its own, booted by systemd; nothing of it is left.
checked() {
  local root=$1/root machine=ringside-release-$$
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,curl bookworm "$root" >"$1/debootstrap.log"
  cp "$dist/$name.deb" "$root/root/"
  cat >"$root/root/check" <<'CHECK'
#!/bin/bash
# Installs the package as somebody would who has never seen it, and leaves what it saw in /root/result.
{
  set -x
  apt-get install -y -q "/root/$(ls /root | grep '\.deb$')" </dev/null
  for _ in $(seq 100); do curl -fsS -o /dev/null http://127.0.0.1:3000/readyz && break; sleep 0.1; done
  curl -fsSL http://127.0.0.1:3000/sign-in | grep -o '<title>[^<]*' && echo "page: there"
  [ "$(systemctl show -p User --value ringside)" = ringside ] && systemctl is-active ringside && echo "service: runs"
  journalctl -u ringside --no-pager
  stat -c '%U %a %n' /var/lib/ringside /var/lib/ringside/data/* /etc/ringside/ringside.toml
  systemctl restart ringside && sleep 1 && systemctl is-active ringside && echo "restart: works"
  apt-get remove -y -q ringside && ! systemctl is-active ringside && [ -e /var/lib/ringside/data/ringside.db ] && echo "removal: leaves the calls"
} >/root/result 2>&1
systemctl poweroff
CHECK
  chmod +x "$root/root/check"
  cat >"$root/etc/systemd/system/check.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/root/check
TimeoutStartSec=300
[Install]
WantedBy=multi-user.target
UNIT
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -s /etc/systemd/system/check.service "$root/etc/systemd/system/multi-user.target.wants/"
  timeout 600 systemd-nspawn --quiet --register=no --keep-unit --machine="$machine" --directory="$root" --boot >"$1/boot.log" 2>&1 || true
  cat "$root/root/result"
  for said in "page: there" "service: runs" "restart: works" "removal: leaves the calls"; do
    grep -qx "$said" "$root/root/result" || { echo "release: not so in the package's own Debian: $said" >&2; return 1; }
  done
}

package
made_of
(cd "$dist" && sha256sum ringside "$name.deb" ./*.cdx.json >SHA256SUMS)
ls -l "$dist"
if [ -n "${CHECK:-}" ]; then
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  checked "$place"
fi
