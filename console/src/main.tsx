import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { Console } from "./console.tsx";
import { language } from "./language.ts";
import { queries } from "./queries.ts";
import { showTheme } from "./theme.ts";

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
