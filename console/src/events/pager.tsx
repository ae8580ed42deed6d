import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { words } from "../language.ts";

const text = words(
  {
    first: "First page",
    previous: "Previous page",
    next: "Next page",
    page: (page: number) => `Page ${page}`,
    later: "Later page",
  },
  {
    first: "最初のページ",
    previous: "前のページ",
    next: "次のページ",
    page: (page) => `${page} ページ`,
    later: "以降のページ",
  },
);

export interface PagerProps {
  /** From 1 on; undefined where nobody has counted, as behind a link to a later page. */
  readonly page: number | undefined;
  /** While it is being asked where the page before begins. */
  readonly turning: boolean;
  readonly onFirst: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
}

/** From page to page, where each begins behind the one before: there is no jump to a page that wasn't seen. */
export function Pager({ page, turning, onFirst, onPrevious, onNext }: PagerProps) {
  return (
    <nav className="pager" aria-label={page === undefined ? text().later : text().page(page)}>
      <Button
        variant="icon"
        iconName="angle-left-double"
        ariaLabel={text().first}
        disabled={page === 1}
        onClick={onFirst}
      />
      <Button
        variant="icon"
        iconName="angle-left"
        ariaLabel={text().previous}
        disabled={onPrevious === undefined}
        loading={turning}
        onClick={() => onPrevious?.()}
      />
      <Box variant="span" textAlign="center">
        {page === undefined ? text().later : text().page(page)}
      </Box>
      <Button
        variant="icon"
        iconName="angle-right"
        ariaLabel={text().next}
        disabled={onNext === undefined}
        onClick={() => onNext?.()}
      />
    </nav>
  );
}
