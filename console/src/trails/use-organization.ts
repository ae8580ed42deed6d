import { useQuery } from "@tanstack/react-query";
import { refusalIn } from "../session/refused.ts";

/** An organization of AWS Organizations; its trails belong to the management account. */
export interface ManagedOrganization {
  readonly id: string;
  readonly managementAccount: string;
}

async function organizationOf(AccountId: string, signal: AbortSignal): Promise<ManagedOrganization | null> {
  const response = await fetch(`/_opentrail/organization?${new URLSearchParams({ AccountId })}`, { signal });
  if (!response.ok) throw await refusalIn(response);
  const { id, managementAccount }: Partial<ManagedOrganization> = await response.json();
  return id === undefined || managementAccount === undefined ? null : { id, managementAccount };
}

/** The organization for which the account may make trails; no API of AWS's that OpenTrail answers tells it. */
export function useOrganization(account: string): ManagedOrganization | undefined {
  const { data } = useQuery({
    queryKey: ["organization", account],
    queryFn: ({ signal }) => organizationOf(account, signal),
    enabled: account !== "",
  });
  return data ?? undefined;
}
