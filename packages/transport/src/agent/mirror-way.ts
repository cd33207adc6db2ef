/** What stands in the way of a copy that is to lie in the home itself: asked before anything is done. */
export const MIRROR_WAY = `
# op_way HOME PROJECT FOLDER: the home; what other projects have there; then what of the paths on stdin, each ended by NUL, and in
# FOLDER, if any, lies there: a snapshot/1 and its hashes for as many as one command line holds. Only looks. Nothing while a switch
# is to be taken back first.
op_way() {
  at_place "$1" "$2"
  points
  [ -d "$H" ] && ! torn || return 0
  printf '%s\\0' "$H"
  others ""
  cd "$H" || exit 1
  export LC_ALL=C TZ=UTC0 hash_tool
  { cat; [ -z "$3" ] || find "./$3" -print0; } | xargs -0 -n 200 sh -c "$what_lies" sh
}

what_lies='
  for each do shift; [ ! -e "$each" ] && [ ! -L "$each" ] || set -- "$@" "$each"; done
  [ $# -gt 0 ] || exit 0
  printf "%s\\0" snapshot/1 "$@" ""
  if stat -c %s / >/dev/null 2>&1; then stat -c "%f %i %s %y %z" "$@"; else stat -f "%Xp %i %z %Fm %Fc" "$@"; fi
  printf "\\0"
  for each do [ ! -L "$each" ] || { readlink -n "$each"; printf "\\0"; }; done
  printf "\\0"
  for each do shift; [ -L "$each" ] || [ ! -f "$each" ] || set -- "$@" "$each"; done
  [ $# -eq 0 ] || $hash_tool "$@"
  printf "\\0"'
`;
