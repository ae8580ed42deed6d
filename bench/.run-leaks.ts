import { benchLeaks } from "./leaks.ts";
for (const f of await benchLeaks()) console.log(f.reached, f.what, f.measured, f.target);
