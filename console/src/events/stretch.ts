/** A column's width in pixels for this window: a wide one has room for what would be wrapped in a narrow one. */
export const stretched = (width: number): number => Math.round(width * Math.min(1.6, Math.max(1, innerWidth / 1_440)));
