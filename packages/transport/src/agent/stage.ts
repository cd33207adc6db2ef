/** Making a tree complete beside the running one. Paths arrive as `./…`, between NULs. */
export const STAGE = `
# changing HOME PROJECT TOKEN LEASE: how every operation that changes a place begins.
changing() { at_place "$1" "$2"; hold "$3" "$4"; }

# discard FOLDER...: only folders get their modes changed: files may be shared with a running tree.
discard() {
  for each do
    [ -d "$each" ] || continue
    find "$each" -type d ! -perm -700 -exec chmod u+rwx {} \\;
    rm -rf "$each"
  done
}

# put FILE: stdin, 0600 from its first byte, complete or not there.
put() { ( umask 077; rm -f "$1.new"; cat > "$1.new" && mv -f "$1.new" "$1" ) || exit 1; }

# op_begin ... MARKER ADOPT DIR: claims the place, then an empty partial folder with the folders of the tree (stdin).
op_begin() {
  changing "$@"
  if [ -f "$M/marker" ]; then
    found=$(cat "$M/marker")
    [ "$found" = "$5" ] || [ "$6" = adopt ] || die NOT_ADOPTED "$B" "$found"
  elif [ -n "$(ls -A "$B" 2>/dev/null)" ] && [ "$6" != adopt ]; then die NOT_ADOPTED "$B"
  fi
  mkdir -p "$B/releases" || exit 1
  [ -d "$M" ] || mkdir -m 700 "$M" || exit 1
  printf '%s\\n' "$5" | put "$M/marker"
  discard "$B"/releases/.?*.partial "$B"/releases/.?*.trash
  if [ -d "$B/releases/$7" ]; then printf present; return 0; fi
  partial=$B/releases/.$7.partial
  mkdir -m 700 "$partial" && cd "$partial" || exit 1
  xargs -0 -r mkdir
}

in_partial() { cd "$B/releases/.$1.partial" 2>/dev/null || die NOT_STAGED "$B/releases/$1"; }

# op_link ... DIR: hard links to files of the current tree. They move its ctimes; a snapshot that was true just before is made true again.
op_link() {
  changing "$@"
  in_partial "$5"
  there=$B/releases/$(current_dir)
  snapshot=$M/current/snapshot
  true_before=
  [ -f "$snapshot" ] && ( cd "$there" && listing ) | cmp -s - "$snapshot" && true_before=1
  into=$(pwd)
  cd "$there" || exit 1
  if cp --help 2>&1 | grep -q -e --parents; then renewing xargs -0 cp -lP --parents -t "$into"
  else renewing xargs -0 sh -c 'for file do ln "$file" "$0/$file" || exit 255; done' "$into"; fi || exit 1
  [ -z "$true_before" ] || listing | put "$snapshot"
}

op_symlinks() {
  changing "$@"
  in_partial "$5"
  # An even number, few enough for any limit: xargs would else part a name from its target.
  xargs -0 -n 20 sh -c 'while [ $# -gt 1 ]; do rm -f "$1"; ln -s -- "$2" "$1" || exit 255; shift 2; done' sh
}

# op_put ... DIR FILE: one file by stream. The old name goes first, so nothing is written through a link.
op_put() {
  changing "$@"
  in_partial "$5"
  umask 077
  rm -f "$6"
  cat > "$6"
}

op_chmod() {
  changing "$@"
  in_partial "$5"
  xargs -0 chmod "$6"
}

# op_share ... DIR PATH TARGET...: links into the shared folder, which is made where it is missing.
op_share() {
  changing "$@"
  in_partial "$5"
  shift 5
  while [ $# -gt 1 ]; do
    [ -e "$B/shared/$1" ] || mkdir -p "$B/shared/$1" || exit 1
    case $1 in */*) mkdir -p "./\${1%/*}" || exit 1 ;; esac
    rm -f "./$1"
    ln -s -- "$2" "./$1" || exit 1
    shift 2
  done
}

op_settle() {
  changing "$@"
  in_partial "$5"
  chmod 755 . && rename "$B/releases/.$5.partial" "$B/releases/$5" || exit 1
}
`;
