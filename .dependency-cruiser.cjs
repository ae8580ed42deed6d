// The floors of docs/architecture.md: a room imports only from floors below its own.
const floors = [
  ["aws"],
  ["record", "policy"],
  ["storage"],
  ["identity", "history", "trails", "lake", "rules", "proof"],
  ["services", "gateway", "upstream"],
  ["server"],
  ["cli"],
];

const rules = floors.flatMap((rooms, floor) => {
  const above = floors.slice(floor + 1).flat();
  return rooms.map((room) => ({
    name: `${room}-looks-down-only`,
    severity: "error",
    comment: `src/${room} is on floor ${floor + 1}; it may import floors below it, and not its neighbours.`,
    from: { path: `^src/${room}/` },
    to: { path: `^src/(${[...above, ...rooms.filter((other) => other !== room)].join("|") || "(?!)"})/` },
  }));
});

module.exports = {
  forbidden: [
    ...rules,
    { name: "no-circles", severity: "error", comment: "Data flows one way.", from: {}, to: { circular: true } },
    {
      name: "no-test-code-in-the-product",
      severity: "error",
      comment: "Tests stand beside the code, the product doesn't need them.",
      from: { pathNot: "\\.(test|contract|fixture)\\.ts$" },
      to: { path: "\\.(test|contract|fixture)\\.ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js"] },
  },
};
