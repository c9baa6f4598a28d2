import { Ec2Error, type Ec2ErrorCode } from '../ec2-cloud.js';

/** Names of errors of EC2 (its API reference, "Error codes"), and of the SDK. */
const CODES: Readonly<Record<string, Ec2ErrorCode>> = {
  CredentialsProviderError: 'credentials',
  AuthFailure: 'credentials',
  UnauthorizedOperation: 'credentials',
  InvalidClientTokenId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  ExpiredToken: 'credentials',
  RequestExpired: 'credentials',
  OptInRequired: 'credentials',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  TimeoutError: 'unavailable',
  AbortError: 'unavailable',
  InternalError: 'unavailable',
  InternalFailure: 'unavailable',
  ServiceUnavailable: 'unavailable',
  Unavailable: 'unavailable',
};

/** The name of an error of EC2, such as `InvalidPermission.Duplicate`. */
export function awsName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** An error of the SDK as one of the port. It is not kept as the cause: it holds the signed request with its tokens. */
export function explainAws(error: unknown, region: string, what: string): Ec2Error {
  if (error instanceof Ec2Error) return error;
  const name = awsName(error);
  const { message = '', $metadata: { httpStatusCode: status = undefined } = {} } = error as {
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const code = CODES[name] ?? (status === undefined || status >= 500 ? 'unavailable' : 'refused');
  // EC2 encodes what it did not allow; that is long, and says nothing to people.
  const said = message
    .replace(/Encoded authorization failure message: \S+/, '')
    .trim()
    .slice(0, 300);
  return new Ec2Error(code, `${what} in ${region}: ${said === '' ? name : `${said} (${name})`}`);
}
