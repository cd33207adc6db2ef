/** A tree as this host's own tools see it. Names are never trusted: NUL between paths, and everything else in the paths' order. */
export const LISTING = `
hash_tool=
if command -v sha256sum >/dev/null; then hash_tool=sha256sum; elif command -v shasum >/dev/null; then hash_tool=shasum; fi

# In the tree: snapshot/1. Type and mode in hex, inode, size, times with their fractions.
listing() {
  export LC_ALL=C TZ=UTC0
  printf 'snapshot/1\\0'
  find . ! -name . -print0 2>/dev/null
  printf '\\0'
  if [ -n "$gnu_stat" ]; then find . ! -name . -exec stat -c '%f %i %s %y %z' {} + 2>/dev/null
  else find . ! -name . -exec stat -f '%Xp %i %z %Fm %Fc' {} + 2>/dev/null; fi
  printf '\\0'
}

link_targets() {
  find . -type l -exec sh -c 'for link do readlink -n "$link"; printf "\\0"; done' sh {} + 2>/dev/null
}

hashes() {
  export LC_ALL=C
  case $hash_tool in
    sha256sum) find . -type f -exec sha256sum {} + 2>/dev/null ;;
    shasum) find . -type f -exec shasum -a 256 {} + 2>/dev/null ;;
  esac
}

# op_list HOME PROJECT DIR: the tree, or the current one; only looks.
op_list() {
  at_place "$1" "$2"
  dir=$3
  [ -n "$dir" ] || dir=$(current_dir)
  [ -n "$dir" ] && cd "$B/releases/$dir" 2>/dev/null || die NOTHING_DEPLOYED "$B"
  printf '%s\\0' "$dir"
  listing
  link_targets
  hashes
}

# op_prove HOME PROJECT TOKEN LEASE DIR KEY: as op_list, under the lock; the listing, taken before the hashes, is kept under
# KEY: whatever is written after it moves a time that it holds.
op_prove() {
  at_place "$1" "$2"
  hold "$3" "$4"
  dir=$5
  [ -n "$dir" ] || dir=$(current_dir)
  [ -n "$dir" ] && cd "$B/releases/$dir" 2>/dev/null || die NOTHING_DEPLOYED "$B"
  key=$6
  [ -n "$key" ] || key=$dir
  printf '%s\\0' "$dir"
  ( umask 077; rm -f "$M"/seen.*; listing > "$M/seen.$key" )
  cat "$M/seen.$key"
  link_targets
  renewing hashes
  return 0
}
`;
