import CollectionPreferences, {
  type CollectionPreferencesProps,
} from "@cloudscape-design/components/collection-preferences";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { words } from "../language.ts";
import { useStored } from "../stored.ts";
import type { Zone } from "../time.ts";
import { columnOptions, defaultDisplay } from "./columns.tsx";

const text = words(
  { events: (count: number) => `${count} events`, zone: "Time zone", local: "Local time", utc: "UTC" },
  { events: (count) => `${count} 件のイベント`, zone: "タイムゾーン", local: "現地時間", utc: "UTC" },
);

/** How the table looks; remembered. */
export interface Preferences {
  readonly pageSize: number;
  readonly wrapLines: boolean;
  readonly stripedRows: boolean;
  readonly contentDensity: "comfortable" | "compact";
  readonly contentDisplay: readonly CollectionPreferencesProps.ContentDisplayItem[];
  readonly zone: Zone;
}

const defaults: Preferences = {
  pageSize: 50,
  wrapLines: true,
  stripedRows: false,
  contentDensity: "comfortable",
  contentDisplay: defaultDisplay,
  zone: "local",
};

/** The remembered preferences; a column that is new since then is there to choose. */
export function usePreferences(): readonly [Preferences, (preferences: Preferences) => void] {
  const [preferences, setPreferences] = useStored("events", defaults);
  const known = new Set(preferences.contentDisplay.map(({ id }) => id));
  const contentDisplay = [...preferences.contentDisplay, ...defaultDisplay.filter(({ id }) => !known.has(id))];
  return [{ ...preferences, contentDisplay }, setPreferences];
}

interface EventPreferencesProps {
  readonly preferences: Preferences;
  readonly onChange: (preferences: Preferences) => void;
}

/** The dialog behind the gear. */
export function EventPreferences({ preferences, onChange }: EventPreferencesProps) {
  const { zone, ...others } = preferences;
  return (
    <CollectionPreferences
      preferences={{ ...others, custom: zone }}
      onConfirm={({ detail }) => onChange({ ...others, ...shown(detail), zone: detail.custom ?? zone })}
      pageSizePreference={{
        options: [10, 25, 50, 100].map((value) => ({ value, label: text().events(value) })),
      }}
      wrapLinesPreference={{}}
      stripedRowsPreference={{}}
      contentDensityPreference={{}}
      contentDisplayPreference={{ options: columnOptions(), enableColumnFiltering: true }}
      customPreference={(chosen: Zone, choose: (zone: Zone) => void) => (
        <FormField label={text().zone}>
          <RadioGroup
            value={chosen}
            onChange={({ detail }) => choose(detail.value as Zone)}
            items={[
              { value: "local", label: text().local },
              { value: "utc", label: text().utc },
            ]}
          />
        </FormField>
      )}
    />
  );
}

/** What was confirmed, without what wasn't there. */
function shown(detail: CollectionPreferencesProps.Preferences<Zone>): Partial<Preferences> {
  const { pageSize, wrapLines, stripedRows, contentDensity, contentDisplay } = detail;
  const given = Object.entries({ pageSize, wrapLines, stripedRows, contentDensity, contentDisplay });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
