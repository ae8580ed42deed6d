import { useCallback, useEffect, useRef, useState } from "react";

/** Gives the first field that has a problem the focus, once what is wrong is shown. */
export function useFocusOnProblem(): () => void {
  const [wanted, setWanted] = useState(0);
  const done = useRef(0);
  useEffect(() => {
    if (wanted === done.current) return;
    done.current = wanted;
    document.querySelector<HTMLElement>("main [aria-invalid=true]")?.focus();
  }, [wanted]);
  return useCallback(() => setWanted((before) => before + 1), []);
}
