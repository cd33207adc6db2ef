/** A tree as this host's own tools see it. Names are never trusted: NUL between paths, and everything else in the paths' order. */
export const LISTING = `
hash_tool=
if command -v sha256sum >/dev/null; then hash_tool=sha256sum; elif command -v shasum >/dev/null; then hash_tool='shasum -a 256'; fi

# know_find: sets gnu_find, which takes a process.
gnu_find=unknown
know_find() {
  [ "$gnu_find" = unknown ] || return 0
  if find / -maxdepth 0 -printf '' 2>/dev/null; then gnu_find=1; else gnu_find=; fi
}

# seek EXPRESSION [OTHER]: find, in the tree; where scope is set, beneath its folders, and at its paths, with OTHER for those.
scope=
seek() {
  if [ -z "$scope" ]; then eval "find . ! -name . $1"; return; fi
  [ ! -s "$scope/folders" ] || xargs -0 sh -c 'find "$@" '"$1" sh < "$scope/folders"
  [ ! -s "$scope/paths" ] || xargs -0 sh -c 'find "$@" -prune '"\${2:-$1}" sh < "$scope/paths"
}

# In the tree: snapshot/2 where find is GNU's; else snapshot/1, which takes three looks to say the same. Where beside names a file,
# that gets the same without what a link that comes or goes changes.
beside=
listing() {
  know_find
  export LC_ALL=C TZ=UTC0
  if [ -n "$gnu_find" ]; then
    printf 'snapshot/2\\0'
    if [ -n "$beside" ]; then
      seek '-fprintf "$beside" "%p\\0%y %m %i %s %T@ %l\\0" -printf "%p\\0%y %m %i %s %T@ %C@ %l\\0" 2>/dev/null'
      printf '\\0'
      return
    fi
    # Others may put files into the folders that a home shares: those folders move, and are the same.
    seek '-printf "%p\\0%y %m %i %s %T@ %C@ %l\\0" 2>/dev/null' '\\( -type d -printf "%p\\0%y %m 0 0 0 0 \\0" -o -printf "%p\\0%y %m %i %s %T@ %C@ %l\\0" \\) 2>/dev/null'
    printf '\\0'
    return
  fi
  printf 'snapshot/1\\0'
  seek '-print0 2>/dev/null'
  printf '\\0'
  if stat -c %s / >/dev/null 2>&1; then format='-c "%f %i %s %y' changed=' %z"'; else format='-f "%Xp %i %z %Fm' changed=' %Fc"'; fi
  seek "-exec stat $format$changed {} + 2>/dev/null"
  [ -z "$beside" ] || { seek '-print0 2>/dev/null'; seek "-exec stat $format\\" {} + 2>/dev/null"; } > "$beside"
  printf '\\0'
  export targets_of='for link do readlink -n "$link"; printf "\\0"; done'
  seek '-type l -exec sh -c "$targets_of" sh {} + 2>/dev/null'
  printf '\\0'
}

# unmoved SNAPSHOT: the tree is as that says. Where it is, and find is GNU's, nothing else needs to be known.
unmoved() {
  if [ "$gnu_find" = unknown ]; then
    gnu_find=1
    ! listing | cmp -s - "$1" || return 0
    gnu_find=unknown
    know_find
    [ -z "$gnu_find" ] || return 1
  fi
  listing | cmp -s - "$1"
}

# steady DIR: the current tree is as its snapshot says. Links that come and go then move ctimes:
# still_steady: makes the snapshot true again, unless more than that changed meanwhile.
steady() { enter "$1" && beside=$M/seen.before && unmoved "$M/current/snapshot"; }
still_steady() {
  umask 077
  beside=$M/seen.after
  enter "$dir" && listing > "$M/current/snapshot.new" && cmp -s "$M/seen.before" "$beside" && mv -f "$M/current/snapshot.new" "$M/current/snapshot"
}

# Much is hashed faster by openssl, which has the processor's help; it takes longer to start.
choose_hasher() {
  hasher=$hash_tool
  [ -z "$long" ] || [ "$(openssl dgst -sha256 -r /dev/null 2>/dev/null)" != "$of_nothing */dev/null" ] || hasher='openssl dgst -sha256 -r'
}
of_nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# hashes all|new: new files are those that no other release has a link to.
hashes() {
  export LC_ALL=C
  choose_hasher
  [ "$1" = all ] && set -- || set -- '-links 1'
  seek "-type f $1 -exec $hasher {} + 2>/dev/null"
}

# tell_hashes FILE all|new: by way of that file: a line that nobody reads any more must not keep up the lock.
tell_hashes() {
  renewing hashes "$2" > "$1" || printf %4096s . > "$1.room" || why "$1"
  cat "$1"
}

# some_hashes: of the regular files among the paths on stdin, each ended by NUL; in that order. A pipe would never end.
some_hashes() {
  export LC_ALL=C hash_tool
  xargs -0 -n 200 sh -c 'for each do shift; [ -L "$each" ] || [ ! -f "$each" ] || set -- "$@" "$each"; done
    [ $# -eq 0 ] || exec $hash_tool "$@"' sh 2>/dev/null
}

# op_list HOME PROJECT DIR all|some: the tree, or the current one; only looks. some: hashes what stdin names.
op_list() {
  at_place "$1" "$2"
  dir=$3
  [ -n "$dir" ] || runs
  [ -n "$dir" ] && enter "$dir" || die NOTHING_DEPLOYED "$B"
  printf '%s\\0' "$dir"
  listing
  long=much
  case $4 in some) some_hashes ;; *) hashes all ;; esac
  return 0
}

# op_prove HOME PROJECT TOKEN LEASE DIR KEY all|new LONG: as op_list, under the lock; the listing, taken before the hashes, is kept
# under KEY: whatever is written after it moves a time that it holds.
op_prove() {
  adding "$@"
  dir=$5
  [ -n "$dir" ] || runs
  [ -n "$dir" ] && enter "$dir" || die NOTHING_DEPLOYED "$B"
  printf '%s\\0' "$dir"
  umask 077
  seen=$M/seen.\${6:-$dir}
  long=$8
  listing > "$seen" || why "$seen"
  cat "$seen"
  tell_hashes "$M/seen.hashes" "$7"
  return 0
}
`;
