package simulator

import "slices"

// policies are the alert policies of an account.
func policies() *resourceKind {
	return &resourceKind{
		bucket: "policy", name: "policies", input: "AlertsPolicyInput", domain: "AIOPS", entity: "POLICY", most: 10_000,
		gone: func(c call, old *resource) {
			c.control().remove(func(r *resource) bool { return textOf(r.state, "policyId") == old.id && r.account == old.account })
		},
	}
}

func policyResolvers() map[string]resolve {
	k := policies()
	return map[string]resolve{
		"RootMutationType.alertsPolicyCreate": alone(k.create("policy")),
		"RootMutationType.alertsPolicyUpdate": alone(k.update(byID("id"), "policy")),
		"RootMutationType.alertsPolicyDelete": alone(k.remove(byID("id"))),
		"AlertsAccountStitchedFields.policy":  one(k.bucket),
		"AlertsAccountStitchedFields.policiesSearch": search(k.bucket, "policies", "searchCriteria",
			func(given map[string]any, r *resource) bool {
				name, ids := textOf(r.state, "name"), listOf(given, "ids")
				return same(name, textOf(given, "name")) && like(name, textOf(given, "nameLike")) &&
					(len(ids) == 0 || slices.Contains(ids, any(r.id)))
			}),
	}
}
