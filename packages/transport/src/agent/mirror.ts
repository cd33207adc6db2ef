/**
 * A copy that lies in the home itself, where other things lie too. What is to be put there waits, proven, in stage/; a switch
 * makes that folder its journal, undo/<run>: it holds what was there before, until the run is confirmed.
 */
export const MIRROR = `
at_mirror() {
  mirror=1
  C=$M/tree
  [ -L "$C" ] || [ ! -f "$M/marker" ] || [ ! -L "$B/current" ] || [ ! -d "$B/releases" ] || die STRATEGY_CHANGED "$B" releases
}

# is_work FOLDER: beneath M, and no record.
is_work() { case \${1##*/} in stage|undo|look) return 0 ;; esac; return 1; }

# torn: a switch was begun, and neither finished nor taken back; j is its journal. Only after it is finished does C name its tree.
torn() {
  for j in "$M"/undo/*; do
    # Empty ones were lost with the power, before any path moved.
    [ -s "$j/to" ] && [ -s "$j/from" ] || continue
    [ ! -f "$j/back" ] || return 0
    IFS= read -r to < "$j/to"
    [ "$to" = "$dir" ] || return 0
  done
  return 1
}

# trash FOLDER: gone for everybody at once, then piece by piece.
trash() { rename "$1" "\${1%/*}/.trash" && discard "\${1%/*}/.trash"; }

sweep_mirror() {
  for each in "$M"/undo/.trash "$M"/stage/.trash; do [ ! -e "$each" ] || discard "$each"; done
  still "$token" "$lease"
  for each in "$M"/undo/* "$M"/stage/*; do [ ! -e "$each" ] || trash "$each"; done
}

# op_ready ... MARKER ADOPT: as op_claim; then what a killed run left half way is taken back, and told.
op_ready() {
  op_claim "$@"
  long=long
  points
  while torn; do
    renewing back || exit
    printf torn
    points
  done
  renewing sweep_mirror
}

# op_survey ... SURE RUN: stdin is a tar with two scopes: scope, all that is looked at; new, what of it is hashed where nothing moved.
# Tells whether anything moved, what other projects of the home have, and the listing.
op_survey() {
  changing "$@"
  runs
  now=moved
  if [ -n "$5" ] && [ -n "$dir" ] && enter "$dir" && unmoved "$M/current/snapshot"; then now=same; fi
  rm -rf "$M/look"
  mkdir -m 700 "$M/look" && cd "$M/look" && tar -xmof - || exit 1
  printf '%s\\0' "$now"
  others "$6"
  cd "$H" || exit 1
  scope=$M/look/scope
  listing
  [ "$now" = moved ] || scope=$M/look/new
  long=long
  tell_hashes "$M/look/hashes" all
  rm -rf "$M/look"
}

# others RUN: each other project, then the manifests of what it has, and of what that run has staged for it; an empty record after each.
others() {
  for each in "$S"/*/marker; do
    other=\${each%/marker}
    [ -f "$each" ] && [ "$other" != "$M" ] || continue
    printf '%s\\0' "\${other##*/}"
    for found in "$other"/stage/*~"$1"/plan/manifest "$other/current/manifest"; do
      [ -L "$other/tree" ] || case $found in "$other/current"/*) continue ;; esac
      [ ! -s "$found" ] || { cat "$found"; printf '\\0'; }
    done
    printf '\\0'
  done
  printf '\\0'
}

# op_fill ... DIR PART LONG: a tar, into a part of what is staged.
op_fill() {
  changing "$@"
  mkdir -p "$M/stage/$5/$6" && cd "$M/stage/$5/$6" || exit 1
  grows=$M/stage/$5
  long=$7
  renewing tar -xpmof - || exit 1
  rm -f "$grows/stamp"
}

# op_staged ... DIR LONG: what lies there.
op_staged() {
  changing "$@"
  long=$6
  cd "$M/stage/$5/tree" || exit 1
  listing
  tell_hashes ../hashes all
  return 0
}

# mirror_to DIR RELEASE: what op_switch does: on to what is staged, or back to what was before; else only the record changes.
mirror_to() {
  long=long
  if [ -n "$1" ] && [ -d "$M/stage/$1/plan" ]; then
    renewing forward "$1" || exit
    # Last of all: as long as it does not name the tree, the switch is torn.
    point "$M/current" "$2"
    point "$C" "releases/$1"
  elif leads_back "$1"; then renewing back || exit
  elif [ -n "$1" ] && [ "$1" = "$dir" ]; then
    renamed "$1" "$2"
    [ "$release" = "$2" ] && [ -n "$2" ] || point "$M/current" "$2"
  elif [ -n "$1" ] || [ -n "$dir" ]; then die NOT_STAGED "$M/stage/$1"
  fi
  printf '%s\\0%s\\0' "$dir" "$release"
}

# leads_back DIR: sets j to the journal of the switch that came from there, or was torn.
leads_back() {
  torn && return 0
  for j in "$M"/undo/*; do
    [ -f "$j/from" ] || continue
    IFS= read -r from < "$j/from"
    [ "$from" != "$1" ] || return 0
  done
  return 1
}

# forward DIR: puts what is staged into the home, by its plan. In a shell of its own, for it may end before its time.
forward() (
  j=$M/undo/\${1#*~}
  [ ! -e "$j" ] || trash "$j"
  staged=$M/stage/$1
  ( umask 077; mkdir -p "$M/undo" "$staged/old" ) || exit 1
  printf '%s\\n%s\\n' "$dir" "$release" > "$staged/from" && printf '%s\\n' "$1" > "$staged/to" || exit 1
  rename "$staged" "$j" || exit 1
  in_folders keep "$H" "$j/old" puts gone
  : > "$j/kept" || exit 1
  # Also a machine that loses its power finds the way back.
  renewing flush -f "$M"
  modes open
  in_folders drop "$H" "" gone
  in_folders unmake "$H" "" dropped
  in_folders make "$H" "" made
  in_folders put "$j/tree" "$H" puts
  modes new
)

# back: what the journal j says was there before is there again. What it kept stays until all is done, so that it can be done again.
back() (
  : > "$j/back" || exit 1
  if [ -f "$j/kept" ]; then
    modes open
    in_folders unput "$H" "$j/old" puts
    in_folders unmake "$H" "" unmade
    in_folders make "$H" "" undropped
    rm -rf "$j/again"
    mkdir "$j/again" || exit 1
    in_folders keep "$j/old" "$j/again" puts gone
    in_folders restore "$j/again" "$H" puts gone
    modes old
  fi
  { IFS= read -r was; IFS= read -r knew; } < "$j/from"
  point "$M/current" "$knew"
  point "$C" "\${was:+releases/$was}"
  trash "$j"
)

# modes LIST: of folders.
modes() {
  cd "$H" || exit 1
  for each in "$j/plan/$1".*; do
    [ ! -s "$each" ] || xargs -0 -n 200 sh -c 'mode=$0; fresh=1
      for each do [ -z "$fresh" ] || set --; fresh=; [ -L "$each" ] || [ ! -d "$each" ] || set -- "$@" "$each"; done
      [ $# -eq 0 ] || chmod "$mode" "$@" || exit 255' "\${each##*.}" < "$each" || exit 1
  done
}

# in_folders VERB FROM INTO LIST...: does it to the paths of those lists of the plan, a folder's at once.
in_folders() {
  export verb="$1" into="$3" at="$H"
  cd "$2" || exit 1
  shift 3
  for list do
    [ ! -s "$j/plan/$list" ] || xargs -0 sh -c "$by_folder" sh < "$j/plan/$list" || exit 1
  done
}

# Some ln follow links, but for -P; BusyBox follows none, and knows no -P.
by_folder='
  hard="ln -P"
  case $(LC_ALL=C ln -P 2>&1) in *"nvalid option"*) hard=ln ;; esac
  act() {
    [ $# -gt 0 ] || return 0
    way=$folder
    while [ "$way" != . ]; do
      [ ! -L "$at/$way" ] || { echo "$at/$way is a symbolic link" >&2; exit 255; }
      way=\${way%/*}
    done
    case $verb in
      keep) mkdir -p "$into/$folder" && { $hard "$@" "$into/$folder/" 2>/dev/null || copies "$@"; } ;;
      put|restore) mv -f "$@" "$into/$folder/" ;;
      drop|unput) rm -f "$@" ;;
      make) mkdir "$@" ;;
      unmake) rmdir "$@" 2>/dev/null || : ;;
    esac || exit 255
  }
  # Where no link is to be had: of files of others, or of another file system.
  copies() { for one do there "$into/$one" || $hard "$one" "$into/$one" 2>/dev/null || cp -pPf "$one" "$into/$one" || return 1; done; }
  there() { [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; }
  # is_back: that very file, or a link to the same, is there already; not every mv takes that for done.
  is_back() {
    if [ -L "$each" ]; then [ -L "$into/$each" ] && [ "$(readlink "$each")" = "$(readlink "$into/$each")" ]
    else [ ! -L "$into/$each" ] && [ "$each" -ef "$into/$each" ]; fi
  }
  concerned() {
    case $verb in
      keep|drop) there "$each" ;;
      restore) there "$each" && ! is_back ;;
      unput) there "$each" && ! there "$into/$each" ;;
      make) [ ! -d "$each" ] ;;
      unmake) [ -d "$each" ] ;;
    esac
  }
  fresh=1 folder= count=0
  for each do
    [ -z "$fresh" ] || set --
    fresh=
    concerned || continue
    if [ "$folder" != "\${each%/*}" ] || [ "$count" -gt 200 ]; then
      act "$@"
      set --
      folder=\${each%/*} count=0
    fi
    set -- "$@" "$each"
    count=$((count + 1))
  done
  act "$@"'
`;
