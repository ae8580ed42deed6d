import type { Volume } from "@aws-sdk/client-ec2";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import type { TableProps } from "@cloudscape-design/components/table";
import { type ComponentType, useState } from "react";
import { usePreferences } from "../events/preferences.tsx";
import { hrefOfAll } from "../events/view.ts";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { CreateVolume } from "./create-volume.tsx";
import { ListTable } from "./list-table.tsx";
import { nameOf, useVolumes } from "./lists.ts";
import { State } from "./state.tsx";
import { AttachVolume, CreateSnapshot, DeleteVolume, DetachVolume } from "./volume-actions.tsx";
import { text } from "./words.ts";

const columnsIn = (zone: Zone): TableProps.ColumnDefinition<Volume>[] => [
  { id: "name", header: text().name, cell: ({ Tags }) => nameOf(Tags) || "-" },
  {
    id: "id",
    header: text().volumeId,
    cell: ({ VolumeId = "" }) => (
      <span className="nowrap">
        <PageLink to={hrefOfAll("ResourceName", VolumeId)}>{VolumeId}</PageLink>
      </span>
    ),
    isRowHeader: true,
  },
  { id: "type", header: text().volumeType, cell: ({ VolumeType }) => VolumeType, sortingField: "VolumeType" },
  {
    id: "size",
    header: text().size,
    cell: ({ Size }) => <span className="nowrap">{Size} GiB</span>,
    sortingField: "Size",
  },
  {
    id: "state",
    header: text().volumeState,
    cell: (volume) => (
      <span className="nowrap">
        <State state={volume.State} />
      </span>
    ),
    sortingField: "State",
  },
  {
    id: "attached",
    header: text().attached,
    cell: ({ Attachments = [] }) =>
      Attachments.map(({ InstanceId, Device }) => `${InstanceId}: ${Device}`).join(", ") || "-",
  },
  { id: "zone", header: text().zone, cell: ({ AvailabilityZone }) => AvailabilityZone },
  {
    id: "created",
    header: text().created,
    cell: ({ CreateTime }) => (CreateTime ? formatTime(CreateTime, zone) : "-"),
    sortingField: "CreateTime",
  },
];

interface Row {
  readonly id: "createSnapshot" | "attachVolume" | "detachVolume" | "deleteVolume";
  /** The states that it can be done in. */
  readonly from: readonly string[];
  readonly dialog: ComponentType<{ volume: Volume; onClose: () => void }>;
}

const actions: readonly Row[] = [
  { id: "createSnapshot", from: ["available", "in-use"], dialog: CreateSnapshot },
  { id: "attachVolume", from: ["available"], dialog: AttachVolume },
  { id: "detachVolume", from: ["in-use"], dialog: DetachVolume },
  { id: "deleteVolume", from: ["available"], dialog: DeleteVolume },
];

/** The Region's volumes, and what can be done to them. */
export function Volumes() {
  const [{ zone }] = usePreferences();
  const query = useVolumes();
  const [chosen, setChosen] = useState("");
  const [asked, setAsked] = useState<string>();
  const selected = (query.data ?? []).find(({ VolumeId }) => VolumeId === chosen);
  const close = () => setAsked(undefined);
  const Dialog = actions.find(({ id }) => id === asked)?.dialog;
  return (
    <>
      <ListTable
        title={text().volumes}
        query={query}
        columns={columnsIn(zone)}
        idOf={({ VolumeId = "" }) => VolumeId}
        selected={selected ? [selected] : []}
        onSelect={([one]) => setChosen(one?.VolumeId ?? "")}
        selectionType="single"
        actions={[
          <ButtonDropdown
            key="actions"
            disabled={!selected}
            items={actions.map(({ id, from }) => ({
              id,
              text: text()[id],
              disabled: !from.includes(selected?.State ?? ""),
            }))}
            onItemClick={({ detail }) => setAsked(detail.id)}
          >
            {text().actions}
          </ButtonDropdown>,
          <Button key="create" variant="primary" onClick={() => setAsked("create")}>
            {text().createVolume}
          </Button>,
        ]}
        empty={<Box variant="strong">{text().noVolumes}</Box>}
      />
      {asked === "create" && <CreateVolume onClose={close} />}
      {Dialog && selected && <Dialog volume={selected} onClose={close} />}
    </>
  );
}
