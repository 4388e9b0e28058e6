import { Validations } from 'aws-cdk-lib';
import {
  type HttpApi,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { HttpTrigger, PageTrigger, Triggered } from '../functions.ts';
import { errorsAlarm, failuresAlarm, type Watch } from './alarms.ts';
import { FunctionWithRole, type Home } from './function-with-role.ts';

/**
 * A function behind routes of the API. With an authorizer it is told who calls, and answers those it does not let in; without,
 * it serves people who follow a link, and has to see by the link what they may, or tells what everybody may know.
 */
export class HttpFunction extends Construct {
  readonly fn: FunctionWithRole;

  constructor(
    scope: Construct,
    { spec, trigger }: Triggered<HttpTrigger | PageTrigger>,
    home: Home,
    api: HttpApi,
    authorizer: IHttpRouteAuthorizer | undefined,
  ) {
    super(scope, spec.name);
    this.fn = new FunctionWithRole(this, spec, home);
    const integration = new HttpLambdaIntegration(spec.name, this.fn.live);
    for (const { method, path } of trigger.routes) {
      const routes =
        path === '$default'
          ? [new HttpRoute(this, 'Rest', { httpApi: api, routeKey: HttpRouteKey.DEFAULT, integration })]
          : api.addRoutes({ path, methods: [method as HttpMethod], integration, authorizer });
      if (authorizer) continue;
      for (const route of routes) {
        Validations.of(route).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason:
            'People come by a link, without an account, and what they may is signed in it, or is little and has limits; or it is the API’s description, or an address that does not exist.',
        });
      }
    }
  }

  alarms(watch: Watch): Alarm[] {
    return [errorsAlarm(watch, this.fn.spec), failuresAlarm(watch, this.fn.spec)];
  }
}
