import { Duration } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import { errorsAlarm, failuresAlarm, type Watch } from './alarms.ts';
import { FunctionWithRole, type Home } from './function-with-role.ts';

/**
 * The function the API asks who calls, before each request of a route that wants to know.
 *
 * Asked each time: a use that nobody hears of cannot be counted, and a key that is revoked is to end at once. Without an
 * identity source: a caller comes with a token or with a key, the API would ask for both, and it answers those who come
 * with neither itself, where our functions answer a problem document.
 */
export class AuthorizerFunction extends Construct {
  readonly fn: FunctionWithRole;
  readonly authorizer: IHttpRouteAuthorizer;

  constructor(scope: Construct, spec: FunctionSpec, home: Home) {
    super(scope, spec.name);
    this.fn = new FunctionWithRole(this, spec, home);
    this.authorizer = new HttpLambdaAuthorizer('callers', this.fn.live, {
      identitySource: [],
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: Duration.seconds(0),
    });
  }

  alarms(watch: Watch): Alarm[] {
    return [errorsAlarm(watch, this.fn.spec), failuresAlarm(watch, this.fn.spec)];
  }
}
