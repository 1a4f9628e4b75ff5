package diff

// Kind says what has changed. Programs read it; within a version of the document kinds
// are only added. The zero Kind is invalid.
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
// alerts, 2 objectives lost their alerts.
type KindWords struct {
	Kind      Kind
	Says      string // of one change
	One, Many string // behind a number of them
}

// Kinds returns every kind with its words, in the order in which changes of one weight are
// shown.
func Kinds() []KindWords {
	return []KindWords{
		{TargetLowered, "target lowered", "target lowered", "targets lowered"},
		{ObjectiveRemoved, "objective removed", "objective removed", "objectives removed"},
		{JourneyRemoved, "journey removed", "journey removed", "journeys removed"},
		{StepRemoved, "step removed", "step removed", "steps removed"},
		{SLORemoved, "SLO removed", "SLO removed", "SLOs removed"},
		{AlertsOff, "alerts turned off", "objective lost its alerts", "objectives lost their alerts"},
		{StageObserve, "only observed from now on", "stage set to observe", "stages set to observe"},
		{TierRemoved, "tier removed", "tier removed", "tiers removed"},
		{TierSeverityLowered, "severity of a tier lowered", "severity of a tier lowered", "severities of tiers lowered"},
		{TierFactorRaised, "factor of a tier raised", "factor of a tier raised", "factors of tiers raised"},
		{GuardRaised, "guard raised", "guard raised", "guards raised"},
		{NoTrafficOff, "noTraffic turned off", "noTraffic alert turned off", "noTraffic alerts turned off"},
		{NoDataOff, "noData turned off", "noData alert turned off", "noData alerts turned off"},
		{BudgetAlertRemoved, "alert about a spent budget removed", "alert about a spent budget removed", "alerts about spent budgets removed"},
		{OwnerLost, "owner lost", "owner lost", "owners lost"},
		{RouteRemoved, "route removed", "route removed", "routes removed"},
		{TeamRemoved, "team removed", "team removed", "teams removed"},
		{NotifierRemoved, "notifier removed", "notifier removed", "notifiers removed"},
		{SourceRemoved, "source removed", "source removed", "sources removed"},
		{ExclusionAdded, "exclusion added", "exclusion added", "exclusions added"},
		{HistoryRestarted, "history begins anew", "history restarted", "histories restarted"},
		{OwnerChanged, "owner changed", "owner changed", "owners changed"},
		{CodeOwnersChanged, "code owners changed", "team changed its code owners", "teams changed their code owners"},
		{WindowChanged, "window changed", "window changed", "windows changed"},
		{ComposeChanged, "composition changed", "composition changed", "compositions changed"},
		{StepSLO, "step measured by another SLO", "step measured by another SLO", "steps measured by other SLOs"},
		{StepWeight, "weight of a step changed", "weight of a step changed", "weights of steps changed"},
		{SLIForm, "SLI rewritten", "SLI rewritten", "SLIs rewritten"},
		{SLIFrom, "from changed", "list of event types changed", "lists of event types changed"},
		{SLIWhere, "where changed", "where condition changed", "where conditions changed"},
		{SLIGood, "good changed", "good condition changed", "good conditions changed"},
		{SLIBad, "bad changed", "bad condition changed", "bad conditions changed"},
		{SLICount, "count changed", "count changed", "changes of count"},
		{SLIQuery, "query changed", "query changed", "queries changed"},
		{SLISlice, "slice changed", "slice changed", "slices changed"},
		{SLILag, "lag changed", "lag changed", "lags changed"},
		{SourceChanged, "measured by another source", "SLI measured by another source", "SLIs measured by another source"},
		{SourceSetting, "setting of a source changed", "setting of a source changed", "settings of sources changed"},
		{HistoryKept, "new indicator, which goes on from the older minutes", "indicator replaced", "indicators replaced"},
		{AlertsChanged, "alert policy changed", "objective follows another alert policy", "objectives follow another alert policy"},
		{TierChanged, "tier changed", "tier changed", "tiers changed"},
		{HoldChanged, "hold changed", "hold changed", "holds changed"},
		{NoTrafficChanged, "noTraffic changed", "noTraffic alert changed", "noTraffic alerts changed"},
		{NoDataChanged, "noData changed", "noData alert changed", "noData alerts changed"},
		{ExclusionScope, "scope of an exclusion changed", "scope of an exclusion changed", "scopes of exclusions changed"},
		{ExclusionTime, "time of an exclusion changed", "time of an exclusion changed", "times of exclusions changed"},
		{ExclusionEffect, "effect of an exclusion changed", "effect of an exclusion changed", "effects of exclusions changed"},
		{ExclusionRemoved, "exclusion removed", "exclusion removed", "exclusions removed"},
		{NotifierTarget, "address of a notifier changed", "address of a notifier changed", "addresses of notifiers changed"},
		{HeartbeatChanged, "heartbeat changed", "heartbeat changed", "heartbeats changed"},
		{AcceptanceAdded, "finding accepted", "finding accepted", "findings accepted"},
		{TargetRaised, "target raised", "target raised", "targets raised"},
		{TierFactorLowered, "factor of a tier lowered", "factor of a tier lowered", "factors of tiers lowered"},
		{TierSeverityRaised, "severity of a tier raised", "severity of a tier raised", "severities of tiers raised"},
		{GuardLowered, "guard lowered", "guard lowered", "guards lowered"},
		{JourneyAdded, "journey added", "journey added", "journeys added"},
		{StepAdded, "step added", "step added", "steps added"},
		{SLOAdded, "SLO added", "SLO added", "SLOs added"},
		{ObjectiveAdded, "objective added", "objective added", "objectives added"},
		{AlertsOn, "alerts turned on", "objective gained alerts", "objectives gained alerts"},
		{StageActive, "alerts are sent from now on", "stage set to active", "stages set to active"},
		{TierAdded, "tier added", "tier added", "tiers added"},
		{NoTrafficOn, "noTraffic turned on", "noTraffic alert turned on", "noTraffic alerts turned on"},
		{NoDataOn, "noData turned on", "noData alert turned on", "noData alerts turned on"},
		{BudgetAlertAdded, "alert about a spent budget added", "alert about a spent budget added", "alerts about spent budgets added"},
		{OwnerGained, "owner gained", "owner gained", "owners gained"},
		{RouteAdded, "route added", "route added", "routes added"},
		{TeamAdded, "team added", "team added", "teams added"},
		{NotifierAdded, "notifier added", "notifier added", "notifiers added"},
		{SourceAdded, "source added", "source added", "sources added"},
		{WhenSpentChanged, "whenSpent changed", "whenSpent text changed", "whenSpent texts changed"},
		{RunbookChanged, "runbook changed", "runbook changed", "runbooks changed"},
		{Renamed, "renamed", "name changed", "names changed"},
		{ObjectiveRenamed, "objective renamed", "objective renamed", "objectives renamed"},
		{ObjectiveOrder, "order of objectives changed", "order of objectives changed", "orders of objectives changed"},
		{StepOrder, "order of steps changed", "order of steps changed", "orders of steps changed"},
		{SLISpelling, "SLI spelt in another way", "SLI spelt in another way", "SLIs spelt in another way"},
		{HistoryChanged, "history changed", "history changed", "histories changed"},
		{PolicyAdded, "alert policy added", "alert policy added", "alert policies added"},
		{PolicyRemoved, "alert policy removed", "alert policy removed", "alert policies removed"},
		{ContactChanged, "contact changed", "contact changed", "contacts changed"},
		{NotifierLocale, "language of a notifier changed", "language of a notifier changed", "languages of notifiers changed"},
		{ExclusionAgreement, "agreement about an exclusion changed", "agreement about an exclusion changed", "agreements about exclusions changed"},
		{TitleChanged, "title changed", "title changed", "titles changed"},
		{DescriptionChanged, "description changed", "description changed", "descriptions changed"},
		{LinkAdded, "link added", "link added", "links added"},
		{LinkRemoved, "link removed", "link removed", "links removed"},
		{LabelChanged, "label changed", "label changed", "labels changed"},
		{FormerNames, "former names changed", "list of former names changed", "lists of former names changed"},
		{AcceptanceRemoved, "finding no longer accepted", "finding no longer accepted", "findings no longer accepted"},
		{AcceptanceReason, "reason for an accepted finding changed", "reason for an accepted finding changed", "reasons for accepted findings changed"},
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
