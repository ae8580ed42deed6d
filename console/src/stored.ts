import { useCallback, useState } from "react";

/** Something that this browser remembers, such as the chosen columns; what it can't store it forgets with the page. */
export function readStored<Value extends object>(key: string, otherwise: Value): Value {
  try {
    return { ...otherwise, ...JSON.parse(localStorage.getItem(`opentrail.${key}`) ?? "{}") };
  } catch {
    return otherwise;
  }
}

export function store(key: string, value: object): void {
  try {
    localStorage.setItem(`opentrail.${key}`, JSON.stringify(value));
  } catch {
    // A browser without storage still shows everything.
  }
}

/** A remembered value as React state. */
export function useStored<Value extends object>(
  key: string,
  otherwise: Value,
): readonly [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => readStored(key, otherwise));
  const change = useCallback(
    (next: Value) => {
      setValue(next);
      store(key, next);
    },
    [key],
  );
  return [value, change];
}
