// Package provision writes dashboards as Grafana reads them by itself: as files in a
// folder for each team, which a provider names, or as ConfigMaps of Kubernetes.
//
//	providers := provision.Providers{Path: "/var/lib/grafana/dashboards/slojourn"}
//	for file := range grafana.Generate(set, options) {
//		write(provision.Place(&file), file.Dashboard.JSON())
//		providers.Add(file.Folder)
//	}
//	write(provision.ProviderFile, providers.Document())
//
// It knows what was written so before. It reads and writes no files.
package provision
