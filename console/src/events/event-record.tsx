import CodeView from "@cloudscape-design/code-view/code-view";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import type { ReactNode } from "react";
import type { CloudTrailRecord } from "../../../src/record/record.ts";
import { words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { storyHref } from "../stories/subject.ts";
import { piecesOf, resourceIn } from "./json.ts";

const text = words(
  {
    story: (name: string) => `Story of ${name}`,
    record: "Event record",
    copy: "Copy event record",
    copied: "Event record copied",
    notCopied: "The event record could not be copied",
  },
  {
    story: (name) => `${name} の経緯`,
    record: "イベントレコード",
    copy: "イベントレコードをコピー",
    copied: "イベントレコードをコピーしました",
    notCopied: "イベントレコードをコピーできませんでした",
  },
);

/** A line of JSON in colours; ids of resources lead to their events. */
function Line({ line }: { readonly line: string }): ReactNode {
  return piecesOf(line).map(({ kind, text: piece }, index) => {
    const resource = kind === "text" ? resourceIn(piece) : undefined;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never change places
      <span key={index} className={`json-${kind}`}>
        {resource === undefined ? (
          piece
        ) : (
          <>
            "
            <PageLink to={storyHref("ResourceName", resource)} label={text().story(resource)}>
              {resource}
            </PageLink>
            "
          </>
        )}
      </span>
    );
  });
}

/** The lines, which the view takes as children of one element. */
function highlight(code: string): ReactNode {
  return (
    <span>
      {code.split("\n").map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a record never change places
        <span key={index}>
          <Line line={line} />
          {"\n"}
        </span>
      ))}
    </span>
  );
}

/** The record as JSON, to read and to copy. */
export function EventRecord({ record }: { readonly record: CloudTrailRecord }) {
  const json = JSON.stringify(record, null, 4);
  return (
    <CodeView
      content={json}
      highlight={highlight}
      wrapLines
      ariaLabel={text().record}
      actions={
        <CopyToClipboard
          variant="icon"
          copyButtonAriaLabel={text().copy}
          textToCopy={json}
          copySuccessText={text().copied}
          copyErrorText={text().notCopied}
        />
      }
    />
  );
}
