/** Where things are on a host, and what must be true of those folders before anything is done in them. */
export const PLACE = `
gnu_stat=
stat -c %s / >/dev/null 2>&1 && gnu_stat=1

# rename OLD NEW: replaces NEW, also where it is a link to a folder.
rename() { if [ -n "$gnu_stat" ]; then mv -fT "$1" "$2"; else mv -fh "$1" "$2"; fi; }

no_link() { for each do [ ! -L "$each" ] || die HOME_REFUSED link "$each"; done; }

# at_home HOME: sets H. No part of the way to it may be a link: what looks like one place would be another.
at_home() {
  case $1 in /*) H=$1; way= ;; *) H=$login_home/$1; way=$login_home; [ "$way" = / ] && way= ;; esac
  case $login_home/ in "$H"/*) die HOME_REFUSED home "$H" ;; esac
  left=\${H#"$way"/}
  while [ -n "$left" ]; do
    part=\${left%%/*}
    case $left in */*) left=\${left#*/} ;; *) left= ;; esac
    way=$way/$part
    no_link "$way"
    [ ! -e "$way" ] || [ -d "$way" ] || die HOME_REFUSED file "$way"
  done
  S=$H/.facsimile
  L=$S/lock
}

# at_place HOME PROJECT: sets H, B (what runs) and M (what is known about it).
at_place() {
  at_home "$1"
  B=$H/$2
  M=$S/$2
  no_link "$S" "$M" "$B" "$B/releases" "$B/shared" "$L"
}

# text FILE: its bytes behind a +, or - when there is none; ended by NUL.
text() { if [ -f "$1" ]; then printf +; cat "$1"; else printf -; fi; printf '\\0'; }

# nearest FOLDER: itself, or the first one above it that is there.
nearest() {
  near=$1
  while [ ! -d "$near" ]; do near=\${near%/*}; [ -n "$near" ] || near=/; done
  printf '%s' "$near"
}

current_dir() { at=$(readlink "$B/current" 2>/dev/null) || at=; case $at in releases/*/*) ;; releases/?*) printf '%s' "\${at#releases/}" ;; esac; }
current_release() { readlink "$M/current" 2>/dev/null; }

# Free space of this file system, by df; inodes where df can count them.
op_space() {
  at_home "$1"
  folder=$(nearest "$H")
  df -Pk "$folder"
  printf '\\0'
  df -Pi "$folder" 2>/dev/null
}

op_hello() {
  printf '%s\\0%s\\0%s\\0%s\\0' "$login_home" "$(id -un)" "$(uname -s)" "$(date +%s)"
  rsync --version 2>&1 | head -n 1
  printf '\\0'
  for tool in find stat readlink dd head mv cp ln tail xargs; do command -v "$tool" >/dev/null || printf '%s ' "$tool"; done
  [ -n "$hash_tool" ] || printf 'sha256sum '
}

# Everything a plan needs, changing nothing. Records end with NUL; the first character says what each is.
op_probe() {
  at_place "$1" "$2"
  printf 'b%s\\0t%s\\0' "$B" "$(date +%s)"
  printf m; text "$M/marker"
  [ -z "$(ls -A "$B" 2>/dev/null)" ] || printf 'f\\0'
  printf 'c%s\\0r%s\\0' "$(current_dir)" "$(current_release)"
  for each in "$B"/releases/*/; do each=\${each%/}; [ -d "$each" ] && printf 'd%s\\0' "\${each##*/}"; done
  for each in "$L"/*.*; do [ -f "$each" ] && { printf 'l%s ' "\${each##*/}"; cat "$each"; printf '\\0'; }; done
  printf h; text "$M/history.jsonl"
  folder=$(nearest "$H")
  printf k; df -Pk "$folder"; printf '\\0'
  printf i; df -Pi "$folder" 2>/dev/null; printf '\\0'
  dir=$(current_dir)
  [ -n "$dir" ] && [ -d "$B/releases/$dir" ] || return 0
  moved_since "$B/releases/$dir" "$M/current/snapshot" || return 0
}

# moved_since TREE SNAPSHOT: says s (same), u (no snapshot), or v (moved) followed by the snapshot and the listing of now.
moved_since() {
  [ -f "$2" ] || { printf 'u\\0'; return; }
  if ( cd "$1" && listing ) | cmp -s - "$2"; then printf 's\\0'; return; fi
  printf 'v\\0'
  cat "$2"
  ( cd "$1" && listing )
}

op_read() {
  at_place "$1" "$2"
  release=$3
  [ -n "$release" ] || release=$(current_release)
  shift 3
  printf '%s\\0' "$release"
  [ -n "$release" ] && [ -d "$M/$release" ] || return 0
  for each do text "$M/$release/$each"; done
}
`;
