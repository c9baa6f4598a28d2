import type { Config } from '../../config/schema.js';
import { openAwsCloud } from '../../ec2/aws/aws-cloud.js';
import type { Ec2Cloud } from '../../ec2/ec2-cloud.js';

/** The way to EC2, if `ec2.mode` wants one. It is opened at the start, as loading the SDK holds the event loop. */
export async function openEc2Cloud({ ec2 }: Pick<Config, 'ec2'>): Promise<Ec2Cloud | undefined> {
  if (ec2.mode === 'off') return undefined;
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, endpoint } = ec2;
  return openAwsCloud({
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
    ...(endpoint === undefined ? {} : { endpoint }),
    timeoutMs: ec2.timeout_ms,
    maxAttempts: ec2.max_attempts,
  });
}
