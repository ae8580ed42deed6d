import Link, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useLocation } from "wouter";

/** Follows a link within the console without loading the page anew; other buttons and keys stay the browser's. */
export function useFollow(): (event: CustomEvent<{ href?: string | undefined; external?: boolean }>) => void {
  const [, navigate] = useLocation();
  return (event) => {
    const { href, external } = event.detail;
    if (!href?.startsWith("/console/") || external) return;
    event.preventDefault();
    navigate(href.slice("/console".length));
  };
}

interface PageLinkProps {
  /** From `/console/` on. */
  readonly to: string;
  readonly children: ReactNode;
  readonly variant?: LinkProps.Variant;
  readonly label?: string;
}

/** A link to another view of the console. */
export function PageLink({ to, children, variant = "secondary", label }: PageLinkProps) {
  const follow = useFollow();
  return (
    <Link href={to} variant={variant} onFollow={follow} {...(label !== undefined && { ariaLabel: label })}>
      {children}
    </Link>
  );
}
