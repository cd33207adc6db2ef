/** What `work` gave for the keys so far, and, by the next key, for more of them. */
interface Node<V> {
  value: { readonly of: V } | undefined;
  next: Map<object, Node<V>> | undefined;
}

/**
 * `work`, done once for each list of identical objects, and remembered while the first of them lives, which so must not
 * outlive the others by much. It must be a function of what it is given, and that must never change: frozen values, parsed
 * files.
 */
export function memoized<Keys extends readonly object[], V>(work: (...keys: Keys) => V): (...keys: Keys) => V {
  const byFirst = new WeakMap<object, Node<V>>();
  return (...keys) => {
    const first = keys[0] ?? NOTHING;
    let node = byFirst.get(first);
    if (node === undefined) {
      node = { value: undefined, next: undefined };
      byFirst.set(first, node);
    }
    for (let index = 1; index < keys.length; index++) node = nextOf(node, keys[index] as object);
    node.value ??= { of: work(...keys) };
    return node.value.of;
  };
}

function nextOf<V>(node: Node<V>, key: object): Node<V> {
  node.next ??= new Map();
  let next = node.next.get(key);
  if (next === undefined) {
    next = { value: undefined, next: undefined };
    node.next.set(key, next);
  }
  return next;
}

/** Stands for what is not there among the keys of {@link memoized}; never the first of several. */
export const NOTHING: object = Object.freeze({});
