"""SES receipt rule sets and rules as CloudFormation types.

MiniStack has the SES calls for them, not the resource types, so a stack with a rule cannot be deployed.
"""

from typing import Any

Properties = dict[str, Any]


def apply() -> None:
    from ministack.services import ses
    from ministack.services.cloudformation import provisioners

    def rules_of(set_name: str) -> list[Properties]:
        found = ses._receipt_rule_sets.get(set_name)
        if found is None:
            raise ValueError(f"Rule set does not exist: {set_name}")
        return found["Rules"]

    def create_set(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
        name = properties.get("RuleSetName") or f"{stack}-{logical_id}"
        if name in ses._receipt_rule_sets:
            raise ValueError(f"Rule set already exists: {name}")
        ses._receipt_rule_sets[name] = {
            "Metadata": {"Name": name, "CreatedTimestamp": ses._iso_now()},
            "Rules": [],
        }
        return name, {}

    def delete_set(name: str, _properties: Properties) -> None:
        if ses._active_receipt_rule_set.get("name") == name:
            raise ValueError(f"Cannot delete active rule set: {name}")
        ses._receipt_rule_sets.pop(name, None)

    def put(rules: list[Properties], rule: Properties, after: str | None, otherwise: int) -> None:
        error = ses._receipt_rule_error(rule)
        if error:
            raise ValueError(f"AWS::SES::ReceiptRule: {error[2]!r}")
        place = otherwise
        if after:
            names = [known["Name"] for known in rules]
            if after not in names:
                raise ValueError(f"Rule does not exist: {after}")
            place = names.index(after) + 1
        rules.insert(place, rule)

    def as_stored(rule: Properties, name: str) -> Properties:
        return {
            "Name": name,
            "Enabled": False,
            "TlsPolicy": "Optional",
            "ScanEnabled": False,
            "Actions": [],
            **rule,
        }

    def create_rule(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
        rule = as_stored(properties["Rule"], properties["Rule"].get("Name") or f"{stack}-{logical_id}")
        put(rules_of(properties["RuleSetName"]), rule, properties.get("After"), 0)
        return rule["Name"], {}

    def delete_rule(name: str, properties: Properties) -> None:
        found = ses._receipt_rule_sets.get(properties.get("RuleSetName"))
        if found:
            found["Rules"][:] = [rule for rule in found["Rules"] if rule["Name"] != name]

    def update_rule(name: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
        new_name = new["Rule"].get("Name") or name
        if old.get("RuleSetName") != new.get("RuleSetName") or new_name != name:
            created = create_rule(name, new, stack)
            delete_rule(name, old)
            return created
        rules = rules_of(new["RuleSetName"])
        place = next((at for at, rule in enumerate(rules) if rule["Name"] == name), 0)
        delete_rule(name, new)
        put(rules, as_stored(new["Rule"], name), new.get("After"), place)
        return name, {}

    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRuleSet"] = {"create": create_set, "delete": delete_set}
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRule"] = {
        "create": create_rule,
        "update": update_rule,
        "delete": delete_rule,
    }
