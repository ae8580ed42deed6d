import type {
  DisableSerialConsoleAccessCommandOutput,
  EnableSerialConsoleAccessCommandOutput,
  GetSerialConsoleAccessStatusCommandOutput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "./mechanism/action.ts";
import type { Kind, Resource } from "./mechanism/kind.ts";
import type { Scope, WriteScope } from "./mechanism/scope.ts";

/** A switch that an account sets for a whole Region. */
interface Setting extends Resource {
  readonly enabled: boolean;
}

const nameless = { code: "InvalidParameterValue", message: () => "Settings have no ids" };

export const settings: Kind<Setting> = {
  type: "setting",
  prefix: "setting",
  idSet: "",
  notFound: nameless,
  malformed: nameless,
};

export const serialConsoleAccess = "serial-console-access";

/** Off until the account turns it on. */
function enabled(scope: Scope): boolean {
  return scope.get(settings, serialConsoleAccess)?.enabled ?? false;
}

function set(to: boolean, scope: WriteScope): { SerialConsoleAccessEnabled: boolean } {
  scope.put(settings, { id: serialConsoleAccess, createdAt: scope.now, tags: [], enabled: to });
  return { SerialConsoleAccessEnabled: to };
}

const EnableSerialConsoleAccess: Write<object, Output<EnableSerialConsoleAccessCommandOutput>> = (_, scope) =>
  set(true, scope);

const DisableSerialConsoleAccess: Write<object, Output<DisableSerialConsoleAccessCommandOutput>> = (_, scope) =>
  set(false, scope);

const GetSerialConsoleAccessStatus: Read<object, Output<GetSerialConsoleAccessStatusCommandOutput>> = (_, scope) => ({
  SerialConsoleAccessEnabled: enabled(scope),
  ManagedBy: "account",
});

export const serialConsoleActions: Actions = {
  reads: { GetSerialConsoleAccessStatus },
  writes: { EnableSerialConsoleAccess, DisableSerialConsoleAccess },
};
