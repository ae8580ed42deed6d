import { QueryClient } from "@tanstack/react-query";

/** What the console has asked for, also for what is no component. */
export const queries = new QueryClient({
  defaultOptions: {
    // OpenTrail may run on this very machine, which answers without any network.
    queries: { networkMode: "always", retry: 1, refetchOnWindowFocus: false, staleTime: 30_000 },
    mutations: { networkMode: "always" },
  },
});
