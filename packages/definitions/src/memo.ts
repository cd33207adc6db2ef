/** What `work` gave for the keys so far, and, by the next key, for more of them. */
interface Node<V> {
  value: { readonly of: V } | undefined;
  next: WeakMap<object, Node<V>> | undefined;
}

/**
 * `work`, done once for each list of identical objects, and remembered while they live. It must be a function of what it
 * is given, and that must never change: frozen values, parsed files.
 */
export function memoized<Keys extends readonly object[], V>(work: (...keys: Keys) => V): (...keys: Keys) => V {
  const root: Node<V> = { value: undefined, next: undefined };
  return (...keys) => {
    let node = root;
    for (const key of keys) node = node.next?.get(key) ?? grow(node, key);
    node.value ??= { of: work(...keys) };
    return node.value.of;
  };
}

function grow<V>(node: Node<V>, key: object): Node<V> {
  const next: Node<V> = { value: undefined, next: undefined };
  node.next ??= new WeakMap();
  node.next.set(key, next);
  return next;
}

/** Stands for what is not there among the keys of {@link memoized}. */
export const NOTHING: object = Object.freeze({});
