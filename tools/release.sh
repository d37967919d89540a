#!/usr/bin/env bash
# Makes what is given to people without a compiler, in target/dist: the program, a Debian package, an image for containers
# (needs buildah) with compose files, a chart for Kubernetes (needs helm), what it is made of (CycloneDX: the program's crates,
# those of its WASM, the npm packages of its scripts), and checksums.
#
#   make release            build them; says what it leaves out for want of a tool
#   make release CHECK=1    … all of them, and try each: the package in a Debian of its own, where systemd starts it, the image's
#                           file system in a container (root; needs debootstrap and systemd-container, too)
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

# The program with the libraries that it loads, the authorities that Mozilla trusts (this machine may trust others), and a user.
image() {
  local store context root library file
  store=$(mktemp -d)
  trap 'rm -rf "$store"' RETURN
  context=$store/context
  root=$context/root
  install -d "$root/etc/ssl/certs" "$root/usr/share/doc/ringside" "$context/owned/ringside/data"
  install -d -m 1777 "$root/tmp"
  install -D -m 755 "$dist/ringside" "$root/usr/bin/ringside"
  for library in $(ldd "$dist/ringside" | grep -o '/[^ ]*'); do
    install -D -m 755 "$library" "$root$library"
  done
  for file in libc6 libgcc-s1; do
    install -D -m 644 "/usr/share/doc/$file/copyright" "$root/usr/share/doc/$file/copyright"
  done
  cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  install -m 644 LICENSE "$root/usr/share/doc/ringside/copyright"
  echo 'ringside:x:65532:65532::/var/lib/ringside:/sbin/nologin' >"$root/etc/passwd"
  echo 'ringside:x:65532:' >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  chmod -R u=rwX,go=rX "$root/etc" "$root/usr" "$context/owned"
  cp packaging/container/Containerfile "$context/"
  # Docker's format: that of OCI has no health checks. With the time of the commit the same sources make the same image.
  buildah --root "$store/layers" --runroot "$store/run" --storage-driver vfs build --format docker --isolation chroot --network host --quiet \
    --timestamp "$(git log -1 --format=%ct)" --tag "ringside:$version" --tag ringside:latest "$context" >/dev/null
  buildah --root "$store/layers" --runroot "$store/run" --storage-driver vfs push --quiet \
    "ringside:$version" "docker-archive:$store/image.tar:ringside:$version"
  gzip -9 -n <"$store/image.tar" >"$dist/$name.image.tar.gz"
  mkdir "$dist/compose"
  for file in sqlite postgres; do
    sed "s/image: ringside:latest/image: ringside:$version/; s/_VERSION_amd64/_${version}_$architecture/" "packaging/compose/$file.yml" \
      >"$dist/compose/$file.yml"
  done
  # What is pulled over a network.
  local mib=$((($(stat -c %s "$dist/$name.image.tar.gz") + 1048575) / 1048576))
  echo "release: the image has $mib MiB"
  [ "$mib" -le 60 ] || { echo "release: an image has 60 MiB at most" >&2; return 1; }
}

# Linted with each kind of values that it is for.
chart() {
  local chart=packaging/helm/ringside values
  [ "$(sed -n 's/^appVersion: "\(.*\)"/\1/p' "$chart/Chart.yaml")" = "$version" ] || {
    echo "release: appVersion of $chart/Chart.yaml is not $version" >&2
    return 1
  }
  for values in replicas=1 \
    database=postgres,replicas=3,secret=ringside,settings.RINGSIDE_RECORDINGS=s3://ringside/recordings,ingress.enabled=true,ingress.host=a.example; do
    helm lint --strict --set "$values" "$chart" >&2
    helm template ringside "$chart" --kube-version 1.30.0 --set "$values" >/dev/null
  done
  helm package --destination "$dist" "$chart" >/dev/null
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

# The image's file system as an engine would run it: read only but for the volume and the temporary folder, not as root.
image_checked() {
  local root=$1/image port=3917 layer
  install -d "$root" "$1/archive" "$1/volume"
  tar -xzf "$dist/$name.image.tar.gz" -C "$1/archive"
  for layer in $(node -p "JSON.parse(require('fs').readFileSync('$1/archive/manifest.json')) [0].Layers.join(' ')"); do
    tar -xf "$1/archive/$layer" -C "$root"
  done
  [ "$(stat -c '%u %a' "$root/var/lib/ringside/data")" = "65532 755" ] || { echo "release: the volume is not its user's" >&2; return 1; }
  chown 65532:65532 "$1/volume"
  mkdir -p "$root/proc"
  # As the image's settings say: user, folder, environment. In place of its caller, so that this ends by a signal to it.
  in_image() {
    exec env -i RINGSIDE_LISTEN=0.0.0.0:$port RINGSIDE_BASE_URL=http://localhost:$port \
      unshare --mount "$BASH" -ec '
        PATH=/usr/sbin:/usr/bin:/sbin:/bin root=$1 volume=$2
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount --bind "$volume" "$root/var/lib/ringside/data"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        mount -t proc proc "$root/proc"
        exec unshare --root "$root" --wd /var/lib/ringside --setgid 65532 --setuid 65532 /usr/bin/ringside "$3"' _ "$root" "$1" "$2"
  }
  (in_image "$1/volume" serve) >"$1/image.log" 2>&1 &
  local server=$!
  for _ in $(seq 100); do curl -fsS -o /dev/null http://127.0.0.1:$port/readyz 2>/dev/null && break; sleep 0.1; done
  curl -fsSL http://127.0.0.1:$port/sign-in | grep -o '<title>[^<]*' && echo "image, page: there"
  (in_image "$1/volume" health) && echo "image, health: good"
  grep -q first-start "$1/image.log" && [ -e "$1/volume/ringside.db" ] && echo "image, volume: used"
  kill -TERM $server
  wait $server && echo "image, end: in order"
  cat "$1/image.log"
}

# A tool that may be missing, but not where everything is to be tried.
has() {
  command -v "$1" >/dev/null && return
  [ -z "${CHECK:-}" ] || { echo "release: $1 is missing" >&2; exit 1; }
  echo "release: without $1 there is no $2"
  return 1
}

package
if has buildah image; then image; fi
if has helm chart; then chart; fi
made_of
(cd "$dist" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >SHA256SUMS)
ls -l "$dist"
if [ -n "${CHECK:-}" ]; then
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  image_checked "$place" | tee "$place/image.result"
  for said in "image, page: there" "image, health: good" "image, volume: used" "image, end: in order"; do
    grep -qx "$said" "$place/image.result" || { echo "release: not so in a container: $said" >&2; exit 1; }
  done
  checked "$place"
fi
