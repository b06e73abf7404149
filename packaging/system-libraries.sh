#!/usr/bin/env bash
# System libraries that Qt 6, OpenGL and the virtual screen need, which pip cannot bring.
#   system-libraries.sh           what the window needs
#   system-libraries.sh screen    and the virtual screen (tests; machines without a display)
# As root on Debian or Ubuntu it installs what is missing, and only that. Otherwise it names each missing library, the package
# that holds it and the command that gets it, and ends with status 1. Says nothing when all is there. Linux only.
set -euo pipefail
[ "$(uname -s)" = Linux ] || exit 0

# what is looked for | Debian and Ubuntu package | Fedora package
window="
libEGL.so.1|libegl1|libglvnd-egl
libGL.so.1|libgl1|libglvnd-glx
libOpenGL.so.0|libopengl0|libglvnd-opengl
driver:swrast|libgl1-mesa-dri|mesa-dri-drivers
libX11.so.6|libx11-6|libX11
libX11-xcb.so.1|libx11-xcb1|libX11-xcb
libxkbcommon.so.0|libxkbcommon0|libxkbcommon
libxkbcommon-x11.so.0|libxkbcommon-x11-0|libxkbcommon-x11
libxcb-cursor.so.0|libxcb-cursor0|xcb-util-cursor
libxcb-icccm.so.4|libxcb-icccm4|xcb-util-wm
libxcb-image.so.0|libxcb-image0|xcb-util-image
libxcb-keysyms.so.1|libxcb-keysyms1|xcb-util-keysyms
libxcb-randr.so.0|libxcb-randr0|libxcb
libxcb-render-util.so.0|libxcb-render-util0|xcb-util-renderutil
libxcb-render.so.0|libxcb-render0|libxcb
libxcb-shape.so.0|libxcb-shape0|libxcb
libxcb-shm.so.0|libxcb-shm0|libxcb
libxcb-sync.so.1|libxcb-sync1|libxcb
libxcb-xfixes.so.0|libxcb-xfixes0|libxcb
libxcb-xkb.so.1|libxcb-xkb1|libxcb
libdbus-1.so.3|libdbus-1-3|dbus-libs
libfontconfig.so.1|libfontconfig1|fontconfig
libfreetype.so.6|libfreetype6|freetype
libglib-2.0.so.0|libglib2.0-0|glib2
libzstd.so.1|libzstd1|libzstd
fonts:any|fonts-dejavu-core|dejavu-sans-fonts
"
screen="
program:Xvfb|xvfb|xorg-x11-server-Xvfb
"

listed() {  # the libraries that the system's list names; none where it has no such list, their folders are looked through then
    { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true; } | awk '{print $1}' | sort -u
}
known=$(listed)

present() {  # present NAME: is the library, program, driver or font there?
    case $1 in
        program:*) command -v "${1#program:}" >/dev/null ;;
        driver:swrast) compgen -G "/usr/lib*/dri/swrast_dri.so" >/dev/null || compgen -G "/usr/lib/*/dri/swrast_dri.so" >/dev/null \
            || compgen -G "/usr/lib*/libgallium*.so*" >/dev/null || compgen -G "/usr/lib/*/libgallium*.so*" >/dev/null ;;
        fonts:any) [ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" \
            "${HOME:-/nonexistent}/.local/share/fonts" \( -name '*.ttf' -o -name '*.otf' -o -name '*.pfb' \) -print -quit 2>/dev/null)" ] ;;
        *) grep -qxF "$1" <<<"$known" || compgen -G "/usr/lib/*/$1" >/dev/null || compgen -G "/usr/lib64/$1" >/dev/null ;;
    esac
}

missing() {  # the rows of the table that are not there
    local row
    for row in $window ${1:+$screen}; do present "${row%%|*}" || echo "$row"; done
}

wanted=${1:-}
rows=$(missing "$wanted")
[ -n "$rows" ] || exit 0
debian=$(cut -d'|' -f2 <<<"$rows" | sort -u | tr '\n' ' ')
fedora=$(cut -d'|' -f3 <<<"$rows" | sort -u | tr '\n' ' ')

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -z "${ANKLEVIEWER_NO_APT:-}" ]; then
    echo "Installing system libraries: $debian"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # An index that cannot be refreshed may still hold the packages; the check below decides.
    { apt-get update -qq || true; apt-get install -y -qq --no-install-recommends $debian; } </dev/null >"$log" 2>&1 || tail -20 "$log" >&2
    rm -f "$log"
    known=$(listed)
    rows=$(missing "$wanted")
    [ -n "$rows" ] || exit 0
fi

{
    echo "System libraries are missing, and only an administrator can install them:"
    while IFS='|' read -r what deb _; do echo "  ${what#*:}  (package $deb)"; done <<<"$rows"
    if command -v dnf >/dev/null; then echo "Get them with:  sudo dnf install $fedora"
    else echo "Get them with:  sudo apt-get install $debian"; fi
    echo "Then run the same command again."
} >&2
exit 1
