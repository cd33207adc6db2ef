/** Which shared libraries this host has, as far as its loader would find them. Nothing is loaded or run but ldconfig, and nothing changed. */
export const LIBRARIES = `
# The loader's cache. Logins that are not root often lack /sbin in their PATH; musl has no cache.
library_cache() { { ldconfig -p || /sbin/ldconfig -p || /usr/sbin/ldconfig -p; } 2>/dev/null; }

# Where loaders look without being told, and where musl was told to.
library_folders() {
  cat /etc/ld-musl-*.path 2>/dev/null | tr ':' '\\n' | while IFS= read -r each; do ls "$each/"; done
  for each in /lib /usr/lib /lib64 /usr/lib64 /usr/local/lib /lib/*-linux-* /usr/lib/*-linux-*; do ls "$each/"; done
}

# op_libraries NAMES PATH...: NAMES, a line each, are all that is told of. A PATH ending with / is a folder that is listed;
# of any other it is told whether it is there. Records end with NUL; the first character says what each is.
op_libraries() {
  names=$1
  shift
  printf 'm%s\\0' "$(uname -m)"
  printf c; library_cache | grep -F -e "$names"; printf '\\0'
  printf l; library_folders 2>/dev/null | grep -F -x -e "$names"; printf '\\0'
  for each do
    case $each in
      */) printf f; ls "$each" 2>/dev/null | grep -F -x -e "$names"; printf '\\0' ;;
      *) [ ! -e "$each" ] || printf 'p%s\\0' "$each" ;;
    esac
  done
  return 0
}
`;
