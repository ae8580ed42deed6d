import type { Instance } from "@aws-sdk/client-ec2";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { usePreferences } from "../events/preferences.tsx";
import { hrefOfAll } from "../events/view.ts";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { Connect } from "./connect.tsx";
import { type InstanceAction, InstanceActionDialog, instanceActions } from "./instance-actions.tsx";
import { Launch } from "./launch.tsx";
import { ListTable } from "./list-table.tsx";
import { nameOf, useInstances } from "./lists.ts";
import { State } from "./state.tsx";
import { text } from "./words.ts";

const columnsIn = (zone: Zone): TableProps.ColumnDefinition<Instance>[] => [
  { id: "name", header: text().name, cell: ({ Tags }) => nameOf(Tags) || "-", sortingComparator: byName },
  {
    id: "id",
    header: text().instanceId,
    cell: ({ InstanceId = "" }) => (
      <span className="nowrap">
        <PageLink to={hrefOfAll("ResourceName", InstanceId)}>{InstanceId}</PageLink>
      </span>
    ),
    isRowHeader: true,
  },
  {
    id: "state",
    header: text().instanceState,
    cell: (instance) => (
      <span className="nowrap">
        <State state={instance.State?.Name} />
      </span>
    ),
  },
  { id: "type", header: text().type, cell: ({ InstanceType }) => InstanceType, sortingField: "InstanceType" },
  { id: "zone", header: text().zone, cell: ({ Placement }) => Placement?.AvailabilityZone },
  { id: "address", header: text().publicAddress, cell: ({ PublicIpAddress }) => PublicIpAddress ?? "-" },
  { id: "key", header: text().keyName, cell: ({ KeyName }) => KeyName ?? "-" },
  {
    id: "launched",
    header: text().launched,
    cell: ({ LaunchTime }) => (LaunchTime ? formatTime(LaunchTime, zone) : "-"),
    sortingField: "LaunchTime",
  },
];

const byName = (one: Instance, other: Instance) => nameOf(one.Tags).localeCompare(nameOf(other.Tags));
const order: readonly InstanceAction[] = ["stop", "start", "reboot", "terminate"];

/** The Region's instances, and what can be done to them. */
export function Instances() {
  const [{ zone }] = usePreferences();
  const query = useInstances();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<InstanceAction | "launch" | "connect">();
  const selected = (query.data ?? []).filter(({ InstanceId = "" }) => chosen.has(InstanceId));
  const close = () => setAsked(undefined);
  const can = (action: InstanceAction) =>
    selected.length > 0 && selected.every(({ State }) => instanceActions[action].from.includes(State?.Name ?? ""));
  const [one] = selected;

  return (
    <>
      <ListTable
        title={text().instances}
        query={query}
        columns={columnsIn(zone)}
        idOf={({ InstanceId = "" }) => InstanceId}
        selected={selected}
        onSelect={(items) => setChosen(new Set(items.map(({ InstanceId = "" }) => InstanceId)))}
        selectionType="multi"
        actions={[
          <Button
            key="connect"
            disabled={selected.length !== 1 || one?.State?.Name !== "running"}
            onClick={() => setAsked("connect")}
          >
            {text().connect}
          </Button>,
          <ButtonDropdown
            key="state"
            disabled={selected.length === 0}
            items={order.map((id) => ({ id, text: text()[id], disabled: !can(id) }))}
            onItemClick={({ detail }) => setAsked(detail.id as InstanceAction)}
          >
            {text().state}
          </ButtonDropdown>,
          <Button key="launch" variant="primary" onClick={() => setAsked("launch")}>
            {text().launch}
          </Button>,
        ]}
        empty={
          <SpaceBetween size="s">
            <Box variant="strong">{text().noInstances}</Box>
            <Box color="text-body-secondary">{text().noInstancesHint}</Box>
          </SpaceBetween>
        }
      />
      {asked === "launch" && <Launch onClose={close} />}
      {asked === "connect" && one && <Connect instance={one} onClose={close} />}
      {asked !== undefined && asked !== "launch" && asked !== "connect" && (
        <InstanceActionDialog action={asked} instances={selected} onClose={close} />
      )}
    </>
  );
}
