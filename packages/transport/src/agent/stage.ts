/** Making a tree complete beside the running one. Paths arrive as `./…`, between NULs, or in a tar. */
export const STAGE = `
# How every operation begins that changes a place, HOME PROJECT TOKEN LEASE; one that adds to what a change that held has done,
# or that nobody sees yet; and one that fills such a thing.
changing() { at_place "$1" "$2"; hold "$3" "$4"; }
adding() { at_place "$1" "$2"; still "$3" "$4"; }
filling() { adding "$@"; in_partial "$5"; }

in_partial() { cd "$B/releases/.$1.partial" 2>/dev/null || die NOT_STAGED "$B/releases/$1"; }

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

# op_claim ... MARKER ADOPT: the place is this project's of this instance, or nobody's and becomes so.
op_claim() {
  changing "$@"
  if [ -f "$M/marker" ]; then
    IFS= read -r found < "$M/marker"
    if [ "$found" = "$5" ]; then return 0; fi
    [ "$6" = adopt ] || die NOT_ADOPTED "$B" "$found"
  elif [ "$6" != adopt ] && holds "$B"; then die NOT_ADOPTED "$B"
  fi
  [ -n "$mirror" ] || mkdir -p "$B/releases" || exit 1
  [ -d "$M" ] || mkdir -m 700 "$M" || exit 1
  printf '%s\\n' "$5" | put "$M/marker"
}

# op_unpack ... DIR: a tar, into a partial folder of its own. What was left half done before goes.
op_unpack() {
  adding "$@"
  for each in "$B"/releases/.?*.partial "$B"/releases/.?*.trash; do [ ! -e "$each" ] || discard "$each"; done
  mkdir "$B/releases/.$5.partial" && cd "$B/releases/.$5.partial" && tar -xpmof - || exit 1
}

# op_link ... DIR SURE LONG: hard links to those files of the current tree that stdin names. SURE: only if its snapshot is true,
# and then it is made true again, for links move ctimes.
op_link() {
  filling "$@"
  into=$(pwd)
  long=$7
  runs
  cd "$B/releases/$dir" || exit 1
  [ -z "$6" ] || listing | cmp -s - "$M/current/snapshot" || die TREE_MOVED "$B"
  if cp --version >/dev/null 2>&1; then renewing xargs -0 cp -lP --parents -t "$into"
  else renewing xargs -0 sh -c 'for file do ln "$file" "$0/$file" || exit 255; done' "$into"; fi || exit 1
  [ -z "$6" ] || { umask 077; listing > "$M/current/snapshot.new" && mv -f "$M/current/snapshot.new" "$M/current/snapshot"; }
}

# op_chmod ... DIR MODE
op_chmod() {
  filling "$@"
  xargs -0 chmod "$6"
}

# op_share ... DIR PATH TARGET...: links into the shared folder, which is made where it is missing.
op_share() {
  filling "$@"
  shift 5
  while [ $# -gt 1 ]; do
    [ -e "$B/shared/$1" ] || mkdir -p "$B/shared/$1" || exit 1
    case $1 in */*) [ -d "./\${1%/*}" ] || mkdir -p "./\${1%/*}" || exit 1 ;; esac
    rm -f "./$1"
    ln -s -- "$2" "./$1" || exit 1
    shift 2
  done
}

op_settle() {
  adding "$@"
  in_partial "$5"
  rename "$B/releases/.$5.partial" "$B/releases/$5" || exit 1
}
`;
