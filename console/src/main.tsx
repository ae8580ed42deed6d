import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { Console } from "./console.tsx";
import { language } from "./language.ts";
import { showTheme } from "./theme.ts";

const queries = new QueryClient({
  defaultOptions: {
    // OpenTrail may run on this very machine, which answers without any network.
    queries: { networkMode: "always", retry: 1, refetchOnWindowFocus: false, staleTime: 30_000 },
  },
});

document.documentElement.lang = language();
showTheme();
createRoot(document.getElementById("console") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Router base="/console">
        <Console />
      </Router>
    </QueryClientProvider>
  </StrictMode>,
);
