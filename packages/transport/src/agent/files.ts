/** Contents of single files; only looks. */
export const FILES = `
# op_files HOME PROJECT DIR LIMIT PATH...: of each path of the tree - (not a file), ! (may not be read) or + and at most LIMIT of
# its bytes. A NUL byte is given as \\001, so that NUL can end each: neither is in a text.
op_files() {
  at_place "$1" "$2"
  [ -n "$3" ] && enter "$3" || die NOTHING_DEPLOYED "$B"
  limit=$4
  shift 4
  export LC_ALL=C
  for each do
    if [ -L "./$each" ] || [ ! -f "./$each" ]; then printf -
    elif [ ! -r "./$each" ]; then printf '!'
    else printf +; head -c "$limit" "./$each" | tr '\\000' '\\001'; fi
    printf '\\0'
  done
}
`;
