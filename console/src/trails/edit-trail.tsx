import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { flash } from "../flashes.tsx";
import { words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { useClients } from "../session/clients.ts";
import { useSession } from "../session/session.ts";
import { AttributeFields } from "./attribute-fields.tsx";
import { EventFields } from "./event-fields.tsx";
import { awsErrorText, Failed } from "./failed.tsx";
import { updateTrail } from "./save-trail.ts";
import {
  attributeProblems,
  eventProblems,
  formOf,
  newBucketFor,
  type Problems,
  refusedFields,
  type TrailForm,
} from "./trail-form.ts";
import { useFocusOnProblem } from "./use-focus-on-problem.ts";
import { useOrganization } from "./use-organization.ts";
import {
  accountOf,
  homeRegionOf,
  hrefOfTrail,
  nameOf,
  useRefreshTrails,
  useTrail,
  type WholeTrail,
} from "./use-trails.ts";

const text = words(
  {
    title: "Edit trail",
    failed: "The trail could not be loaded",
    cancel: "Cancel",
    save: "Save changes",
    saved: (name: string) => `Trail ${name} saved`,
    wrong: "Some fields need your attention.",
  },
  {
    title: "証跡の編集",
    failed: "証跡を読み込めませんでした",
    cancel: "キャンセル",
    save: "変更を保存",
    saved: (name: string) => `証跡 ${name} を保存しました`,
    wrong: "確認が必要な項目があります。",
  },
);

function EditForm({ arn, whole }: { readonly arn: string; readonly whole: WholeTrail }) {
  const said = text();
  const home = homeRegionOf(arn) ?? "";
  const cloudtrail = useClients(CloudTrailClient)(home);
  const s3 = useClients(S3Client)(home);
  const refresh = useRefreshTrails();
  const organization = useOrganization(useSession()?.account ?? "");
  const [, navigate] = useLocation();
  const [form, setForm] = useState<TrailForm>(() => formOf(whole));
  const [buckets] = useState(() => ({
    made: newBucketFor(accountOf(arn), crypto.getRandomValues(new Uint8Array(4))),
    there: form.bucket,
  }));
  const [problems, setProblems] = useState<Problems>({});
  const focusOnProblem = useFocusOnProblem();
  const leave = () => navigate(hrefOfTrail(arn).slice("/console".length));
  const shared = {
    form,
    problems,
    change: (changed: Partial<TrailForm>) => {
      setForm((before) => ({ ...before, ...changed }));
      setProblems({});
    },
  };

  function isWrong(found: Problems): boolean {
    setProblems(found);
    if (Object.keys(found).length === 0) return false;
    focusOnProblem();
    return true;
  }

  const save = useMutation({
    mutationFn: () => updateTrail({ cloudtrail, s3 }, whole, form, organization),
    onError: (error) => isWrong(refusedFields(error)),
    onSuccess: async () => {
      await refresh();
      flash({ id: `trail ${arn}`, type: "success", content: said.saved(nameOf(arn)) });
      leave();
    },
  });
  const isRefused = save.isError && Object.keys(refusedFields(save.error)).length === 0;
  const errorText = isRefused ? awsErrorText(save.error) : Object.keys(problems).length > 0 ? said.wrong : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong({ ...attributeProblems(form), ...eventProblems(form) })) save.mutate();
      }}
    >
      <Form
        errorText={errorText}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={leave}>
              {said.cancel}
            </Button>
            <Button variant="primary" loading={save.isPending}>
              {said.save}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <AttributeFields
            {...shared}
            isNew={false}
            account={accountOf(arn)}
            organization={organization}
            buckets={buckets}
          />
          <EventFields {...shared} />
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** The forms of the guided page, for a trail that there is. */
export default function EditTrail({ arn }: { readonly arn: string }) {
  const said = text();
  const query = useTrail(arn);
  return (
    <Layout
      path="/trails"
      below={[
        { text: nameOf(arn), href: hrefOfTrail(arn) },
        { text: said.title, href: hrefOfTrail(arn, "edit") },
      ]}
      contentType="form"
      header={<Header variant="h1">{said.title}</Header>}
    >
      <Failed header={said.failed} error={query.error} onRetry={() => query.refetch()} />
      {query.isPending && (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" />
        </Box>
      )}
      {query.data && <EditForm arn={arn} whole={query.data} />}
    </Layout>
  );
}
