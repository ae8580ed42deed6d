import { config } from "zod/mini";

// The console's policy lets nothing make code from text, and zod would try.
config({ jitless: true });
