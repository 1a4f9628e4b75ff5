package diff

import "github.com/slojourn/slojourn/slo/diag"

// Kind says what has changed. Programs read it; within a version of the document kinds
// are only added. The zero Kind is invalid.
//
// A new kind needs its words in [Kinds], their Japanese in package japanese, and a case in
// testdata: tests name what is missing.
type Kind string

// The kinds of changes of targets and windows.
const (
	TargetLowered    Kind = "target-lowered"
	TargetRaised     Kind = "target-raised"
	WindowChanged    Kind = "window-changed"
	ObjectiveRemoved Kind = "objective-removed"
	ObjectiveAdded   Kind = "objective-added"
	ObjectiveRenamed Kind = "objective-renamed"
	ObjectiveOrder   Kind = "objective-order"
)

// The kinds of changes of who is told, and when.
const (
	AlertsOff           Kind = "alerts-off"
	AlertsOn            Kind = "alerts-on"
	AlertsChanged       Kind = "alerts-changed"
	TierRemoved         Kind = "tier-removed"
	TierAdded           Kind = "tier-added"
	TierFactorRaised    Kind = "tier-factor-raised"
	TierFactorLowered   Kind = "tier-factor-lowered"
	TierSeverityLowered Kind = "tier-severity-lowered"
	TierSeverityRaised  Kind = "tier-severity-raised"
	TierChanged         Kind = "tier-changed"
	GuardRaised         Kind = "guard-raised"
	GuardLowered        Kind = "guard-lowered"
	HoldChanged         Kind = "hold-changed"
	NoTrafficOff        Kind = "no-traffic-off"
	NoTrafficOn         Kind = "no-traffic-on"
	NoTrafficChanged    Kind = "no-traffic-changed"
	NoDataOff           Kind = "no-data-off"
	NoDataOn            Kind = "no-data-on"
	NoDataChanged       Kind = "no-data-changed"
	BudgetAlertRemoved  Kind = "budget-alert-removed"
	BudgetAlertAdded    Kind = "budget-alert-added"
	PolicyRemoved       Kind = "policy-removed"
	PolicyAdded         Kind = "policy-added"
	StageObserve        Kind = "stage-observe"
	StageActive         Kind = "stage-active"
	OwnerLost           Kind = "owner-lost"
	OwnerChanged        Kind = "owner-changed"
	OwnerGained         Kind = "owner-gained"
	RouteRemoved        Kind = "route-removed"
	RouteAdded          Kind = "route-added"
	ContactChanged      Kind = "contact-changed"
	CodeOwnersChanged   Kind = "code-owners-changed"
	TeamRemoved         Kind = "team-removed"
	TeamAdded           Kind = "team-added"
	NotifierRemoved     Kind = "notifier-removed"
	NotifierAdded       Kind = "notifier-added"
	NotifierTarget      Kind = "notifier-target"
	NotifierLocale      Kind = "notifier-locale"
	HeartbeatChanged    Kind = "heartbeat-changed"
)

// The kinds of changes of what is measured.
const (
	JourneyRemoved     Kind = "journey-removed"
	JourneyAdded       Kind = "journey-added"
	StepRemoved        Kind = "step-removed"
	StepAdded          Kind = "step-added"
	SLORemoved         Kind = "slo-removed"
	SLOAdded           Kind = "slo-added"
	Renamed            Kind = "renamed"
	StepSLO            Kind = "step-slo"
	StepWeight         Kind = "step-weight"
	StepOrder          Kind = "step-order"
	ComposeChanged     Kind = "compose-changed"
	SLIForm            Kind = "sli-form"
	SLIFrom            Kind = "sli-from"
	SLIWhere           Kind = "sli-where"
	SLIGood            Kind = "sli-good"
	SLIBad             Kind = "sli-bad"
	SLICount           Kind = "sli-count"
	SLIQuery           Kind = "sli-query"
	SLISlice           Kind = "sli-slice"
	SLILag             Kind = "sli-lag"
	SLISpelling        Kind = "sli-spelling"
	HistoryRestarted   Kind = "history-restarted"
	HistoryKept        Kind = "history-kept"
	HistoryChanged     Kind = "history-changed"
	SourceChanged      Kind = "source-changed"
	SourceRemoved      Kind = "source-removed"
	SourceAdded        Kind = "source-added"
	SourceSetting      Kind = "source-setting"
	ExclusionAdded     Kind = "exclusion-added"
	ExclusionRemoved   Kind = "exclusion-removed"
	ExclusionScope     Kind = "exclusion-scope"
	ExclusionTime      Kind = "exclusion-time"
	ExclusionEffect    Kind = "exclusion-effect"
	ExclusionAgreement Kind = "exclusion-agreement"
)

// The kinds of changes of what people read.
const (
	WhenSpentChanged   Kind = "when-spent-changed"
	RunbookChanged     Kind = "runbook-changed"
	TitleChanged       Kind = "title-changed"
	DescriptionChanged Kind = "description-changed"
	LinkRemoved        Kind = "link-removed"
	LinkAdded          Kind = "link-added"
	LabelChanged       Kind = "label-changed"
	FormerNames        Kind = "former-names"
)

// The kinds of changes of which findings are accepted.
const (
	AcceptanceAdded   Kind = "acceptance-added"
	AcceptanceRemoved Kind = "acceptance-removed"
	AcceptanceReason  Kind = "acceptance-reason"
)

// KindWords are what a kind is called in sentences: alerts turned off; 1 objective lost its
// alerts, 2 objectives lost their alerts. Languages without a plural have one word for them.
type KindWords struct {
	Kind      Kind
	Says      diag.Phrase // of one change
	One, Many string      // behind a number of them, in English
}

// Counted says how many changes of the kind there are.
func (k KindWords) Counted(n int) diag.Phrase {
	if n == 1 {
		return diag.Say("%d %s", n, k.Says.Inflected(k.One))
	}
	return diag.Say("%d %s", n, k.Says.Inflected(k.Many))
}

// Kinds returns every kind with its words, in the order in which changes of one weight are
// shown.
func Kinds() []KindWords {
	return []KindWords{
		{TargetLowered, diag.Say("target lowered"), "target lowered", "targets lowered"},
		{ObjectiveRemoved, diag.Say("objective removed"), "objective removed", "objectives removed"},
		{JourneyRemoved, diag.Say("journey removed"), "journey removed", "journeys removed"},
		{StepRemoved, diag.Say("step removed"), "step removed", "steps removed"},
		{SLORemoved, diag.Say("SLO removed"), "SLO removed", "SLOs removed"},
		{AlertsOff, diag.Say("alerts turned off"), "objective lost its alerts", "objectives lost their alerts"},
		{StageObserve, diag.Say("only observed from now on"), "stage set to observe", "stages set to observe"},
		{TierRemoved, diag.Say("tier removed"), "tier removed", "tiers removed"},
		{TierSeverityLowered, diag.Say("severity of a tier lowered"), "severity of a tier lowered", "severities of tiers lowered"},
		{TierFactorRaised, diag.Say("factor of a tier raised"), "factor of a tier raised", "factors of tiers raised"},
		{GuardRaised, diag.Say("guard raised"), "guard raised", "guards raised"},
		{NoTrafficOff, diag.Say("noTraffic turned off"), "noTraffic alert turned off", "noTraffic alerts turned off"},
		{NoDataOff, diag.Say("noData turned off"), "noData alert turned off", "noData alerts turned off"},
		{BudgetAlertRemoved, diag.Say("alert about a spent budget removed"), "alert about a spent budget removed", "alerts about spent budgets removed"},
		{OwnerLost, diag.Say("owner lost"), "owner lost", "owners lost"},
		{RouteRemoved, diag.Say("route removed"), "route removed", "routes removed"},
		{TeamRemoved, diag.Say("team removed"), "team removed", "teams removed"},
		{NotifierRemoved, diag.Say("notifier removed"), "notifier removed", "notifiers removed"},
		{SourceRemoved, diag.Say("source removed"), "source removed", "sources removed"},
		{ExclusionAdded, diag.Say("exclusion added"), "exclusion added", "exclusions added"},
		{HistoryRestarted, diag.Say("history begins anew"), "history restarted", "histories restarted"},
		{OwnerChanged, diag.Say("owner changed"), "owner changed", "owners changed"},
		{CodeOwnersChanged, diag.Say("code owners changed"), "team changed its code owners", "teams changed their code owners"},
		{WindowChanged, diag.Say("window changed"), "window changed", "windows changed"},
		{ComposeChanged, diag.Say("composition changed"), "composition changed", "compositions changed"},
		{StepSLO, diag.Say("step measured by another SLO"), "step measured by another SLO", "steps measured by other SLOs"},
		{StepWeight, diag.Say("weight of a step changed"), "weight of a step changed", "weights of steps changed"},
		{SLIForm, diag.Say("SLI rewritten"), "SLI rewritten", "SLIs rewritten"},
		{SLIFrom, diag.Say("from changed"), "list of event types changed", "lists of event types changed"},
		{SLIWhere, diag.Say("where changed"), "where condition changed", "where conditions changed"},
		{SLIGood, diag.Say("good changed"), "good condition changed", "good conditions changed"},
		{SLIBad, diag.Say("bad changed"), "bad condition changed", "bad conditions changed"},
		{SLICount, diag.Say("count changed"), "count changed", "changes of count"},
		{SLIQuery, diag.Say("query changed"), "query changed", "queries changed"},
		{SLISlice, diag.Say("slice changed"), "slice changed", "slices changed"},
		{SLILag, diag.Say("lag changed"), "lag changed", "lags changed"},
		{SourceChanged, diag.Say("measured by another source"), "SLI measured by another source", "SLIs measured by another source"},
		{SourceSetting, diag.Say("setting of a source changed"), "setting of a source changed", "settings of sources changed"},
		{HistoryKept, diag.Say("new indicator, which goes on from the older minutes"), "indicator replaced", "indicators replaced"},
		{AlertsChanged, diag.Say("alert policy changed"), "objective follows another alert policy", "objectives follow another alert policy"},
		{TierChanged, diag.Say("tier changed"), "tier changed", "tiers changed"},
		{HoldChanged, diag.Say("hold changed"), "hold changed", "holds changed"},
		{NoTrafficChanged, diag.Say("noTraffic changed"), "noTraffic alert changed", "noTraffic alerts changed"},
		{NoDataChanged, diag.Say("noData changed"), "noData alert changed", "noData alerts changed"},
		{ExclusionScope, diag.Say("scope of an exclusion changed"), "scope of an exclusion changed", "scopes of exclusions changed"},
		{ExclusionTime, diag.Say("time of an exclusion changed"), "time of an exclusion changed", "times of exclusions changed"},
		{ExclusionEffect, diag.Say("effect of an exclusion changed"), "effect of an exclusion changed", "effects of exclusions changed"},
		{ExclusionRemoved, diag.Say("exclusion removed"), "exclusion removed", "exclusions removed"},
		{NotifierTarget, diag.Say("address of a notifier changed"), "address of a notifier changed", "addresses of notifiers changed"},
		{HeartbeatChanged, diag.Say("heartbeat changed"), "heartbeat changed", "heartbeats changed"},
		{AcceptanceAdded, diag.Say("finding accepted"), "finding accepted", "findings accepted"},
		{TargetRaised, diag.Say("target raised"), "target raised", "targets raised"},
		{TierFactorLowered, diag.Say("factor of a tier lowered"), "factor of a tier lowered", "factors of tiers lowered"},
		{TierSeverityRaised, diag.Say("severity of a tier raised"), "severity of a tier raised", "severities of tiers raised"},
		{GuardLowered, diag.Say("guard lowered"), "guard lowered", "guards lowered"},
		{JourneyAdded, diag.Say("journey added"), "journey added", "journeys added"},
		{StepAdded, diag.Say("step added"), "step added", "steps added"},
		{SLOAdded, diag.Say("SLO added"), "SLO added", "SLOs added"},
		{ObjectiveAdded, diag.Say("objective added"), "objective added", "objectives added"},
		{AlertsOn, diag.Say("alerts turned on"), "objective gained alerts", "objectives gained alerts"},
		{StageActive, diag.Say("alerts are sent from now on"), "stage set to active", "stages set to active"},
		{TierAdded, diag.Say("tier added"), "tier added", "tiers added"},
		{NoTrafficOn, diag.Say("noTraffic turned on"), "noTraffic alert turned on", "noTraffic alerts turned on"},
		{NoDataOn, diag.Say("noData turned on"), "noData alert turned on", "noData alerts turned on"},
		{BudgetAlertAdded, diag.Say("alert about a spent budget added"), "alert about a spent budget added", "alerts about spent budgets added"},
		{OwnerGained, diag.Say("owner gained"), "owner gained", "owners gained"},
		{RouteAdded, diag.Say("route added"), "route added", "routes added"},
		{TeamAdded, diag.Say("team added"), "team added", "teams added"},
		{NotifierAdded, diag.Say("notifier added"), "notifier added", "notifiers added"},
		{SourceAdded, diag.Say("source added"), "source added", "sources added"},
		{WhenSpentChanged, diag.Say("whenSpent changed"), "whenSpent text changed", "whenSpent texts changed"},
		{RunbookChanged, diag.Say("runbook changed"), "runbook changed", "runbooks changed"},
		{Renamed, diag.Say("renamed"), "name changed", "names changed"},
		{ObjectiveRenamed, diag.Say("objective renamed"), "objective renamed", "objectives renamed"},
		{ObjectiveOrder, diag.Say("order of objectives changed"), "order of objectives changed", "orders of objectives changed"},
		{StepOrder, diag.Say("order of steps changed"), "order of steps changed", "orders of steps changed"},
		{SLISpelling, diag.Say("SLI spelt in another way"), "SLI spelt in another way", "SLIs spelt in another way"},
		{HistoryChanged, diag.Say("history changed"), "history changed", "histories changed"},
		{PolicyAdded, diag.Say("alert policy added"), "alert policy added", "alert policies added"},
		{PolicyRemoved, diag.Say("alert policy removed"), "alert policy removed", "alert policies removed"},
		{ContactChanged, diag.Say("contact changed"), "contact changed", "contacts changed"},
		{NotifierLocale, diag.Say("language of a notifier changed"), "language of a notifier changed", "languages of notifiers changed"},
		{ExclusionAgreement, diag.Say("agreement about an exclusion changed"), "agreement about an exclusion changed", "agreements about exclusions changed"},
		{TitleChanged, diag.Say("title changed"), "title changed", "titles changed"},
		{DescriptionChanged, diag.Say("description changed"), "description changed", "descriptions changed"},
		{LinkAdded, diag.Say("link added"), "link added", "links added"},
		{LinkRemoved, diag.Say("link removed"), "link removed", "links removed"},
		{LabelChanged, diag.Say("label changed"), "label changed", "labels changed"},
		{FormerNames, diag.Say("former names changed"), "list of former names changed", "lists of former names changed"},
		{AcceptanceRemoved, diag.Say("finding no longer accepted"), "finding no longer accepted", "findings no longer accepted"},
		{AcceptanceReason, diag.Say("reason for an accepted finding changed"), "reason for an accepted finding changed", "reasons for accepted findings changed"},
	}
}

// ranks has the places of kinds in [Kinds].
func ranks() map[Kind]int {
	ranks := map[Kind]int{}
	for i, k := range Kinds() {
		ranks[k.Kind] = i
	}
	return ranks
}
