import { accountId, region } from "../src/aws/names.ts";
import type { Tables } from "../src/storage/tables/index.ts";

// All in one account and Region, which is the hardest: nothing is left out by the table's order but by time.
export const account = accountId("123456789012");
export const home = region("us-east-1");

/**
 * Events by 300 users with 5 keys each, of 200 actions on 200,000 instances, some of each hot and most of them rare. Every
 * fourth user is a session of one of 20 roles.
 */
export async function fillEvents(tables: Tables, from: number, to: number, all: number): Promise<void> {
  const step = 250_000;
  for (let first = from; first < to; first += step)
    await tables.command(`
      INSERT INTO events
      WITH cityHash64(number) AS h1, cityHash64(number, 1) AS h2, cityHash64(number, 2) AS h3,
        toUInt32(200 * pow((h1 % 10000) / 10000., 3)) AS action, toUInt32(300 * pow((h2 % 10000) / 10000., 3)) AS user,
        toUInt32(200000 * pow((h3 % 100000) / 100000., 2)) AS instance,
        now('UTC') - toUInt32(89 * 86400 * (1 - number / ${all})) AS at,
        toString(reinterpretAsUUID(concat(reinterpretAsFixedString(h1), reinterpretAsFixedString(h3)))) AS id,
        toString(reinterpretAsUUID(concat(reinterpretAsFixedString(h2), reinterpretAsFixedString(h3)))) AS request,
        concat('i-0', leftPad(lower(hex(cityHash64(instance))), 16, '0')) AS instanceId,
        concat('vpc-0', leftPad(lower(hex(h2)), 16, '0')) AS vpcId,
        concat('CreateThing', toString(action)) AS name, concat('user-', toString(user)) AS userName,
        user % 4 = 3 AS inRole, concat('role-', toString(user % 20)) AS roleName,
        concat(if(inRole, 'ASIA', 'AKIA'), leftPad(hex(cityHash64(user, h3 % 5)), 16, 'A')) AS accessKey,
        ['ec2', 'iam', 'sts', 'ebs'][1 + action % 4] || '.amazonaws.com' AS source,
        concat('10.', toString(user % 256), '.', toString(h2 % 256), '.7') AS ip,
        if(inRole, concat('arn:aws:sts::${account}:assumed-role/', roleName, '/', userName),
          concat('arn:aws:iam::${account}:user/', userName)) AS arn,
        concat('{"type":"', if(inRole, concat('AssumedRole","principalId":"AROAEXAMPLE:', userName), concat('IAMUser",',
          '"principalId":"AIDA', substring(accessKey, 5))), '","arn":"', arn, '","accountId":"${account}","accessKeyId":"',
          accessKey, '",', if(inRole, concat('"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE",',
          '"arn":"arn:aws:iam::${account}:role/', roleName, '","accountId":"${account}","userName":"', roleName, '"}}}'),
          concat('"userName":"', userName, '"}'))) AS identity,
        if(action % 5 = 0, 'false', 'true') AS readOnly
      SELECT '${account}', '${home}', at, number + 1, id, name, source, userName, accessKey, readOnly,
        ['AWS::EC2::Instance', 'AWS::EC2::VPC'], [instanceId, vpcId], ip, 'aws-cli/2.31.0',
        if(h1 % 20 = 0, 'Client.UnauthorizedOperation', ''), 'Management', arn, if(inRole, roleName, ''), request,
        concat('{"eventVersion":"1.11","userIdentity":', identity, ',"eventTime":"', formatDateTime(at, '%Y-%m-%dT%H:%i:%SZ'), '","eventSource":"', source, '","eventName":"', name,
          '","awsRegion":"${home}","sourceIPAddress":"', ip, '","userAgent":"aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 ',
          'os/linux#6.12 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe",',
          '"requestParameters":{"instancesSet":{"items":[{"instanceId":"', instanceId, '"}]},"filterSet":{"items":[{"name":',
          '"vpc-id","valueSet":{"items":[{"value":"', vpcId, '"}]}}]}},"responseElements":null,"requestID":"', request,
          '","eventID":"', id, '","readOnly":', readOnly, ',"eventType":"AwsApiCall","managementEvent":true,',
          '"recipientAccountId":"${account}","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3",',
          '"cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.${home}.amazonaws.com"}}')
      FROM numbers(${first}, ${Math.min(step, to - first)})`);
}
