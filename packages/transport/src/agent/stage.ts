/** Making a tree complete beside the running one. Paths arrive as `./…`, between NULs, or in a tar. */
export const STAGE = `
# How every operation begins that changes a place, HOME PROJECT TOKEN LEASE; one that adds to what a change that held has done,
# or that nobody sees yet; and one that fills such a thing.
changing() { at_place "$1" "$2"; hold "$3" "$4"; }
adding() { at_place "$1" "$2"; still "$3" "$4"; }
filling() { adding "$@"; in_partial "$5"; }

in_partial() { cd "$B/releases/.$1.partial/tree" 2>/dev/null || die NOT_STAGED "$B/releases/$1"; }

# discard FOLDER...: only folders get their modes changed: files may be shared with a running tree.
discard() {
  ! rm -rf "$@" 2>/dev/null || return 0
  find "$@" -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
  rm -rf "$@"
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
  [ -d "$M" ] || mkdir -m 700 "$M" || exit 1
  ( umask 077; printf '%s\\n' "$5" > "$M/marker.new" && flush "$M/marker.new" && mv -f "$M/marker.new" "$M/marker" ) || why "$M/marker"
}

# op_unpack ... DIR HOW LONG SHARED...: a tar, into a partial folder of its own: tree/ is what is sent, and lists lie beside it.
# HOW all: it waits there as it is, for what is linked comes first. What was left half done goes before that.
op_unpack() {
  adding "$@"
  partial=$B/releases/.$5.partial
  how=$6
  long=$7
  shift 7
  [ ! -e "$partial" ] || away "$partial"
  clear_up
  mkdir -p -m 700 "$partial" && cd "$partial" || exit 1
  grows=$partial
  if [ "$how" = all ]; then ( umask 077; renewing cat > pack ) && trap - EXIT; else renewing tar -xpmof -; fi || exit 1
  share "$@"
}

# op_share ... PATH...: folders that links of the tree lead to are there.
op_share() {
  adding "$@"
  shift 4
  share "$@"
}

share() { for each do [ -e "$B/shared/$each" ] || mkdir -p "$B/shared/$each" || exit 1; done; }

# clear_up: what was left half done goes. Links of it that go move ctimes: a true snapshot of the current tree is made true again.
clear_up() {
  set --
  for each in "$B"/releases/.?*.partial "$B"/releases/.?*.trash; do [ ! -e "$each" ] || set -- "$@" "$each"; done
  [ $# -gt 0 ] || return 0
  runs
  sure=
  size=$long
  long=long
  if [ -n "$dir" ] && renewing steady "$dir"; then sure=1; fi
  still "$token" "$lease"
  renewing discard "$@"
  long=$size
  [ -z "$sure" ] || still_steady || rm -f "$M/current/snapshot"
}

# op_link ... DIR SURE HOW LONG N TREE...: what of the current tree is linked: all but what is sent and what gone names; listed: what
# links names; or nothing. Before that those N trees go. Links that come and go move ctimes: SURE: only
# if the snapshot of the current tree is true, and then it is made true again.
op_link() {
  adding "$@"
  partial=$B/releases/.$5.partial
  [ -d "$partial" ] || die NOT_STAGED "$B/releases/$5"
  sure=$6
  how=$7
  long=$8
  shift 8
  runs
  [ -z "$sure" ] || renewing steady "$dir" || moved
  # It may have taken longer than the lease: what goes now was chosen before that.
  still "$token" "$lease"
  runs
  prune "$@"
  case $how in all) link_all ;; listed) link_listed ;; esac
  [ -z "$sure" ] || still_steady || moved
}

# moved: refuses; nothing that was asked for behind this finds a tree.
moved() { mv "$partial/tree" "$partial/refused"; die TREE_MOVED "$B"; }

# away FOLDER: out of sight; what was there before may be something that cannot be removed.
away() {
  n=0
  while [ -e "$B/releases/.$n.trash" ]; do n=$((n + 1)); done
  rename "$1" "$B/releases/.$n.trash" || exit 1
}

# prune N TREE...: a tree is out of sight before any of it goes.
prune() {
  count=$1
  shift
  while [ "$count" -gt 0 ]; do
    [ "$1" = "$dir" ] || [ ! -d "$B/releases/$1" ] || away "$B/releases/$1"
    count=$((count - 1))
    shift
  done
  set --
  for each in "$B"/releases/.?*.partial "$B"/releases/.?*.trash; do
    [ ! -e "$each" ] || [ "$each" = "$partial" ] || set -- "$@" "$each"
  done
  [ $# -eq 0 ] || renewing discard "$@"
}

# Not every cp can. A tar puts new files in the place of old ones, and writes into none: GNU tar manual, "Overwriting Old Files".
link_all() {
  linked=1
  ( enter "$dir" && renewing cp -al . "$partial/tree" 2>/dev/null ) || { linked=; discard "$partial/tree"; }
  cd "$partial" && tar -xpmof pack || exit 1
  if [ -z "$linked" ]; then link_listed
  elif [ -s gone ]; then ( cd tree && xargs -0 rm -rf < ../gone ) || exit 1; fi
}

# A file of another owner can often not be linked: fs.protected_hardlinks, proc(5).
link_listed() {
  ( enter "$dir" && link_each ) || die LINKS_REFUSED "$B"
}

link_each() {
  if cp --version >/dev/null 2>&1; then renewing xargs -0 cp -lP --parents -t "$partial/tree" < "$partial/links"
  else renewing xargs -0 sh -c 'for file do ln "$file" "$0/$file" || exit 255; done' "$partial/tree" < "$partial/links"; fi
}

# op_chmod ... DIR MODE
op_chmod() {
  filling "$@"
  xargs -0 chmod "$6"
}

# op_settle ... DIR RELEASE QUICK LONG: the tree and the record of the partial folder go to where they belong. QUICK: only if the
# tree is at once seen to be what was expected, which is told; if not, op_prove says more.
op_settle() {
  adding "$@"
  in_partial "$5"
  long=$8
  [ -z "$7" ] || as_expected "$5" || return 0
  partial=$B/releases/.$5.partial
  [ ! -d "$partial/record" ] || kept "$partial/record" "$6"
  rename "$partial/tree" "$B/releases/$5" || exit 1
  rm -rf "$partial"
  printf settled
}

# as_expected KEY: paths, types, modes, sizes and targets are those of the list expected, and the sums of what was sent hold.
# The listing is kept as by op_prove. No path holds //, so that no two trees have one list.
as_expected() {
  [ -n "$gnu_find" ] || return 1
  export LC_ALL=C TZ=UTC0
  umask 077
  seen=$M/seen.$1
  {
    printf 'snapshot/2\\0'
    find . ! -name . \\( -type d -fprintf ../found '%p//d %m\\0' -o -fprintf ../found '%p//%y %m %s %l\\0' \\) -printf '%p\\0%y %m %i %s %T@ %C@ %l\\0' 2>/dev/null
    printf '\\0'
  } > "$seen" || why "$seen"
  sort -z ../found | cmp -s - ../expected && renewing sums_hold
}

sums_hold() {
  [ -s ../sums ] || return 0
  choose_hasher
  if [ "$hasher" = "$hash_tool" ]; then $hasher -c ../sums >/dev/null 2>&1
  else xargs -0 $hasher < ../names 2>/dev/null | cmp -s - ../sums; fi
}
`;
