<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AnkleViewer</name>
    <message>
        <source> Also: {}</source>
        <translation> Außerdem: {}</translation>
    </message>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Measure</source>
        <translation>&amp;Messen</translation>
    </message>
    <message>
        <source>&amp;Planes</source>
        <translation>&amp;Ebenen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message>
        <source>1 to 6</source>
        <translation>1 bis 6</translation>
    </message>
    <message>
        <source>3D menu</source>
        <translation>3D-Menü</translation>
    </message>
    <message>
        <source>3D standard views; a click on bone takes the slices there</source>
        <translation>3D-Standardansichten; ein Klick auf den Knochen führt die Schichten dorthin</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>3D-Ansicht</translation>
    </message>
    <message>
        <source>3D view of the bones</source>
        <translation>3D-Ansicht der Knochen</translation>
    </message>
    <message>
        <source>3D view: {view}</source>
        <translation>3D-Ansicht: {view}</translation>
    </message>
    <message>
        <source>3D: crop box, reset it</source>
        <translation>3D: Schnittquader, zurücksetzen</translation>
    </message>
    <message>
        <source>3D: slice planes off, as frames, with pictures</source>
        <translation>3D: Schichtebenen aus, als Umrandung, mit Bild</translation>
    </message>
    <message>
        <source>3D: spin; the box from three sides</source>
        <translation>3D: drehen lassen; Rahmen von drei Seiten</translation>
    </message>
    <message>
        <source>A NIfTI file (.nii, .nii.gz), a folder of DICOM files, or a ZIP of either</source>
        <translation>NIfTI-Datei (.nii, .nii.gz), Ordner mit DICOM-Dateien oder ein ZIP davon</translation>
    </message>
    <message>
        <source>A deflated file does not say where its data begin.</source>
        <translation>Eine komprimierte DICOM-Datei sagt nicht, wo ihre Daten beginnen.</translation>
    </message>
    <message>
        <source>A file in the ZIP holds more than it claims.</source>
        <translation>Eine Datei im ZIP enthält mehr, als sie angibt.</translation>
    </message>
    <message>
        <source>A file is neither DICOM nor any other scan.</source>
        <translation>Eine Datei ist weder DICOM noch ein anderer Scan.</translation>
    </message>
    <message>
        <source>A fracture is there (A); again takes it back</source>
        <translation>Hier ist eine Fraktur (A); erneutes Drücken nimmt es zurück</translation>
    </message>
    <message>
        <source>A key that is held down must be one key alone, without Ctrl, Shift or Alt.</source>
        <translation>Eine gehaltene Taste muss eine einzelne Taste sein, ohne Strg, Umschalt oder Alt.</translation>
    </message>
    <message>
        <source>A name in the ZIP file leads out of its folder; it was made to do harm.</source>
        <translation>Ein Name in der ZIP-Datei führt aus ihrem Ordner hinaus; sie wurde in schädlicher Absicht erstellt.</translation>
    </message>
    <message>
        <source>A place that you marked and the model did not: show it in every view</source>
        <translation>Eine Stelle, die Sie markiert haben und das Modell nicht: in allen Ansichten zeigen</translation>
    </message>
    <message>
        <source>A scan that shows the distal tibia, the fibula and the talus together can be assessed.</source>
        <translation>Beurteilt werden kann ein Scan, der distale Tibia, Fibula und Talus gemeinsam zeigt.</translation>
    </message>
    <message>
        <source>About AnkleViewer</source>
        <translation>Über AnkleViewer</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>Accessory ossicle</source>
        <translation>Akzessorisches Ossikel</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>All images of the series lie at the same place.</source>
        <translation>Alle Bilder der Serie liegen an derselben Stelle.</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>Alle Modelle</translation>
    </message>
    <message>
        <source>All points belong on one slice: it is shown again</source>
        <translation>Alle Punkte gehören auf eine Schicht: sie wird wieder gezeigt</translation>
    </message>
    <message>
        <source>All values seem to be about {} HU off: air is expected at {} to {} HU. Export the scan again with its rescale intercept.</source>
        <translation>Alle Werte scheinen um etwa {} HU verschoben: Luft wird bei {} bis {} HU erwartet. Exportieren Sie den Scan erneut mit seinem Rescale Intercept.</translation>
    </message>
    <message>
        <source>Alt + 1 to 4</source>
        <translation>Alt + 1 bis 4</translation>
    </message>
    <message>
        <source>An image decodes to {}, its header says {}.</source>
        <translation>Ein Bild ergibt dekodiert {}, sein Header sagt {}.</translation>
    </message>
    <message>
        <source>An image file of the series holds no pixels.</source>
        <translation>Eine Bilddatei der Serie enthält keine Pixel.</translation>
    </message>
    <message>
        <source>An image is cut off: {} bytes of pixels, {} are needed.</source>
        <translation>Ein Bild ist abgeschnitten: {} Byte Pixeldaten, {} sind nötig.</translation>
    </message>
    <message>
        <source>An image is damaged or cut off and cannot be decoded.</source>
        <translation>Ein Bild ist beschädigt oder abgeschnitten und lässt sich nicht dekodieren.</translation>
    </message>
    <message>
        <source>Analyse</source>
        <translation>Analysieren</translation>
    </message>
    <message>
        <source>Analysing</source>
        <translation>Analyse läuft</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>Winkel</translation>
    </message>
    <message>
        <source>Angle at the second of three points.</source>
        <translation>Winkel am zweiten von drei Punkten.</translation>
    </message>
    <message>
        <source>Ankle of unknown side</source>
        <translation>Sprunggelenk unbekannter Seite</translation>
    </message>
    <message>
        <source>Ankle shown</source>
        <translation>Gezeigtes Sprunggelenk</translation>
    </message>
    <message>
        <source>Ankle, side unknown</source>
        <translation>Sprunggelenk, Seite unbekannt</translation>
    </message>
    <message>
        <source>Answer of the model</source>
        <translation>Antwort des Modells</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Darstellung</translation>
    </message>
    <message>
        <source>Artefact</source>
        <translation>Artefakt</translation>
    </message>
    <message>
        <source>Articular step-off and gap</source>
        <translation>Gelenkstufe und Spalt</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Assessed: {parts}. Not assessed: calcaneus, midfoot, soft tissue, and the fibula above the scan; a Maisonneuve injury is not excluded.</source>
        <translation>Beurteilt: {parts}. Nicht beurteilt: Kalkaneus, Mittelfuß, Weichteile und die Fibula oberhalb des Scans; eine Maisonneuve-Verletzung ist nicht ausgeschlossen.</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>Zuweisen</translation>
    </message>
    <message>
        <source>Axial</source>
        <translation>Axial</translation>
    </message>
    <message>
        <source>Back to the scan&apos;s own planes</source>
        <translation>Zurück zu den Ebenen des Scans</translation>
    </message>
    <message>
        <source>Between the others, side unknown</source>
        <translation>Zwischen den anderen, Seite unbekannt</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Both ankles side by side</source>
        <translation>Beide Sprunggelenke nebeneinander</translation>
    </message>
    <message>
        <source>Box edited · back to the model&apos;s</source>
        <translation>Rahmen bearbeitet · zurück zum Modellrahmen</translation>
    </message>
    <message>
        <source>Box from three sides</source>
        <translation>Rahmen von drei Seiten</translation>
    </message>
    <message>
        <source>Box from three sides…</source>
        <translation>Rahmen von drei Seiten…</translation>
    </message>
    <message>
        <source>Box of finding {number}</source>
        <translation>Rahmen von Befund {number}</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Boxes on or off (B)</source>
        <translation>Rahmen ein oder aus (B)</translation>
    </message>
    <message>
        <source>Boxes, places and per cent come from the model&apos;s fine map ({cells}³ cells), not from this one</source>
        <translation>Rahmen, Orte und Prozente stammen aus der feinen Heatmap des Modells ({cells}³ Zellen), nicht aus dieser</translation>
    </message>
    <message>
        <source>CT series, {} slices</source>
        <translation>CT-Serie, {} Schichten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cannot open: {text}</source>
        <translation>Öffnen nicht möglich: {text}</translation>
    </message>
    <message>
        <source>Change keys</source>
        <translation>Tasten ändern</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>Tasten ändern…</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>Prüfung läuft</translation>
    </message>
    <message>
        <source>Checking the scan</source>
        <translation>Scan wird geprüft</translation>
    </message>
    <message>
        <source>Choose a command in the table.</source>
        <translation>Wählen Sie in der Tabelle einen Befehl.</translation>
    </message>
    <message>
        <source>Click or Enter sets it  ·  Backspace: one back  ·  Esc: end</source>
        <translation>Klick oder Eingabe setzt den Punkt  ·  Rücktaste: einen zurück  ·  Esc: beenden</translation>
    </message>
    <message>
        <source>Click, Enter</source>
        <translation>Klick, Eingabe</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>Copy picture of the view</source>
        <translation>Bild der Ansicht kopieren</translation>
    </message>
    <message>
        <source>Copy picture of the window</source>
        <translation>Bild des Fensters kopieren</translation>
    </message>
    <message>
        <source>Corner text</source>
        <translation>Ecktexte</translation>
    </message>
    <message>
        <source>Coronal</source>
        <translation>Koronal</translation>
    </message>
    <message>
        <source>Crop box</source>
        <translation>Schnittquader</translation>
    </message>
    <message>
        <source>Cropped: not all bone is shown</source>
        <translation>Beschnitten: Knochen nicht vollständig gezeigt</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>Fadenkreuz</translation>
    </message>
    <message>
        <source>Ctrl + arrows</source>
        <translation>Strg + Pfeile</translation>
    </message>
    <message>
        <source>Ctrl + arrows move, with Shift right and lower edge  ·  Backspace: the model&apos;s own  ·  E, Esc: end</source>
        <translation>Strg + Pfeile verschieben, mit Umschalt rechte und untere Kante  ·  Rücktaste: wie vom Modell  ·  E, Esc: beenden</translation>
    </message>
    <message>
        <source>Ctrl+C, Ctrl+Shift+C</source>
        <translation>Strg+C, Strg+Umschalt+C</translation>
    </message>
    <message>
        <source>Ctrl+S, Ctrl+Shift+S</source>
        <translation>Strg+S, Strg+Umschalt+S</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation>Strg+Z, Strg+Umschalt+Z</translation>
    </message>
    <message>
        <source>D, Shift+D</source>
        <translation>D, Umschalt+D</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Strecke</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Drag a point, Del</source>
        <translation>Punkt ziehen, Entf</translation>
    </message>
    <message>
        <source>Drag an edge or a corner; inside moves the box</source>
        <translation>Kante oder Ecke ziehen; Ziehen im Inneren verschiebt den Rahmen</translation>
    </message>
    <message>
        <source>Drag the end of a crosshair line</source>
        <translation>Ende einer Fadenkreuzlinie ziehen</translation>
    </message>
    <message>
        <source>Drop an ankle CT here</source>
        <translation>Sprunggelenk-CT hier ablegen</translation>
    </message>
    <message>
        <source>Edit the box</source>
        <translation>Rahmen bearbeiten</translation>
    </message>
    <message>
        <source>Ellipse on a slice: Hounsfield units of the scan&apos;s own voxels inside it, and its area.</source>
        <translation>Ellipse auf einer Schicht: Hounsfield-Einheiten der darin liegenden Voxel des Scans und Fläche der Ellipse.</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Explaining the answer</source>
        <translation>Antwort wird erklärt</translation>
    </message>
    <message>
        <source>F&amp;indings</source>
        <translation>&amp;Befunde</translation>
    </message>
    <message>
        <source>F, Shift+F</source>
        <translation>F, Umschalt+F</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Fill the heat map</source>
        <translation>Heatmap füllen</translation>
    </message>
    <message>
        <source>Filled map instead of its outline (O)</source>
        <translation>Gefüllte Heatmap statt ihres Umrisses (O)</translation>
    </message>
    <message>
        <source>Find a command or a key</source>
        <translation>Befehl oder Taste suchen</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Finding {number}</source>
        <translation>Befund {number}</translation>
    </message>
    <message>
        <source>Finding {number}: {tip}</source>
        <translation>Befund {number}: {tip}</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Fit the ankle</source>
        <translation>Sprunggelenk einpassen</translation>
    </message>
    <message>
        <source>Fit the whole scan</source>
        <translation>Ganzen Scan einpassen</translation>
    </message>
    <message>
        <source>For information, no diagnosis: {text}</source>
        <translation>Zur Information, keine Diagnose: {text}</translation>
    </message>
    <message>
        <source>For information: {text}</source>
        <translation>Zur Information: {text}</translation>
    </message>
    <message>
        <source>Four views</source>
        <translation>Vier Ansichten</translation>
    </message>
    <message>
        <source>Fracture</source>
        <translation>Fraktur</translation>
    </message>
    <message>
        <source>Frames of the slice planes</source>
        <translation>Schichtebenen als Umrandung</translation>
    </message>
    <message>
        <source>From above (right side on screen right)</source>
        <translation>Von oben (rechte Seite rechts im Bild)</translation>
    </message>
    <message>
        <source>From behind</source>
        <translation>Von hinten</translation>
    </message>
    <message>
        <source>From the feet</source>
        <translation>Von den Füßen her</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>Von vorn</translation>
    </message>
    <message>
        <source>From the left</source>
        <translation>Von links</translation>
    </message>
    <message>
        <source>From the right</source>
        <translation>Von rechts</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>Frontal</translation>
    </message>
    <message>
        <source>Give finding {number} the model&apos;s own box again</source>
        <translation>Befund {number} wieder den Rahmen des Modells geben</translation>
    </message>
    <message>
        <source>Go to finding</source>
        <translation>Zum Befund</translation>
    </message>
    <message>
        <source>Growth plate or its scar</source>
        <translation>Epiphysenfuge oder -narbe</translation>
    </message>
    <message>
        <source>Heat</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Heat map on or off (G)</source>
        <translation>Heatmap ein oder aus (G)</translation>
    </message>
    <message>
        <source>Heat map threshold</source>
        <translation>Schwelle der Heatmap</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Hide patient and file names</source>
        <translation>Patienten- und Dateinamen verbergen</translation>
    </message>
    <message>
        <source>Hide the list of measures</source>
        <translation>Liste der Messungen ausblenden</translation>
    </message>
    <message>
        <source>Highest HU (MIP)</source>
        <translation>Höchste HU (MIP)</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>Ist ein Ordner</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>Tasten und Maus</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>Anordnung</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Seitlich links</translation>
    </message>
    <message>
        <source>Left ankle</source>
        <translation>Linkes Sprunggelenk</translation>
    </message>
    <message>
        <source>Left button scrolls</source>
        <translation>Linke Taste blättert</translation>
    </message>
    <message>
        <source>A pixel measures {} × {} mm; 0.01 to 20 mm are expected.</source>
        <translation>Ein Pixel misst {} × {} mm; erwartet werden 0.01 bis 20 mm.</translation>
    </message>
    <message>
        <source>25 % is an old limit for fixation; a review found no consensus on any size (van den Bekerom et al., J Trauma 2009; 66: 279). On lateral radiographs the share of the joint&apos;s area is estimated 1.8 times too large (Meijer et al., Injury 2015; 46: 2024).</source>
        <translation>25 % sind ein alter Grenzwert für die Fixation; eine Übersicht fand für keine Größe einen Konsens (van den Bekerom et al., J Trauma 2009; 66: 279). Auf seitlichen Röntgenbildern wird der Anteil an der Gelenkfläche 1.8-fach zu groß geschätzt (Meijer et al., Injury 2015; 46: 2024).</translation>
    </message>
    <message>
        <source>A difference of more than 2 mm between front and back was called malreduced after fixation (Gardner et al., Foot Ankle Int 2006; 27: 788); in uninjured ankles it is as large (2 mm in front, 4 mm behind: Elgafy et al., Skeletal Radiol 2010; 39: 559). Compare the other side: uninjured, it differs by no more than 2.3 mm (Dikos et al., J Orthop Trauma 2012; 26: 433).</source>
        <translation>Ein Unterschied von mehr als 2 mm zwischen vorn und hinten wurde nach Fixation als Fehlstellung bezeichnet (Gardner et al., Foot Ankle Int 2006; 27: 788); bei unverletzten Sprunggelenken ist er ebenso groß (vorn 2 mm, hinten 4 mm: Elgafy et al., Skeletal Radiol 2010; 39: 559). Vergleichen Sie die Gegenseite: unverletzt weicht sie um höchstens 2.3 mm ab (Dikos et al., J Orthop Trauma 2012; 26: 433).</translation>
    </message>
    <message>
        <source>A second place ({share} %) lies {where}.</source>
        <translation>Eine zweite Stelle ({share} %) liegt {where}.</translation>
    </message>
    <message>
        <source>A slab is shown: points and regions lie on its middle slice</source>
        <translation>Ein Slab ist gezeigt: Punkte und Regionen liegen auf seiner mittleren Schicht</translation>
    </message>
    <message>
        <source>Another ankle is shown: begin again</source>
        <translation>Ein anderes Sprunggelenk ist gezeigt: beginnen Sie neu</translation>
    </message>
    <message>
        <source>Ctrl+O, Ctrl+Shift+O, Ctrl+E</source>
        <translation>Strg+O, Strg+Umschalt+O, Strg+E</translation>
    </message>
    <message>
        <source>Ctrl+R, Ctrl+Shift+R, Ctrl+P</source>
        <translation>Strg+R, Strg+Umschalt+R, Strg+P</translation>
    </message>
    <message>
        <source>Finding {number}: centre {voxel} (scan voxel);  {cell} (model grid);  both from 0</source>
        <translation>Befund {number}: Mitte {voxel} (Voxel des Scans);  {cell} (Modellraster);  beide ab 0</translation>
    </message>
    <message>
        <source>Held down</source>
        <translation>Gehalten</translation>
    </message>
    <message>
        <source>In software: slow, and without the heat map&apos;s colours.</source>
        <translation>In Software: langsam und ohne die Farben der Heatmap.</translation>
    </message>
    <message>
        <source>Left button: window and level (like OHIF)</source>
        <translation>Linke Taste: Fensterung (wie OHIF)</translation>
    </message>
    <message>
        <source>Left drag</source>
        <translation>Mit linker Taste ziehen</translation>
    </message>
    <message>
        <source>Left out, since they are no slices of this scan: {}.</source>
        <translation>Ausgelassen, da keine Schichten dieses Scans: {}.</translation>
    </message>
    <message>
        <source>Leg and foot could not be told apart in this scan.</source>
        <translation>Unterschenkel und Fuß ließen sich in diesem Scan nicht trennen.</translation>
    </message>
    <message>
        <source>Lengths were converted to millimetres from the unit in the header.</source>
        <translation>Längen wurden aus der Einheit im Header in Millimeter umgerechnet.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Lightbox</source>
        <translation>Leuchtkasten</translation>
    </message>
    <message>
        <source>Like 3D Slicer</source>
        <translation>Wie 3D Slicer</translation>
    </message>
    <message>
        <source>Log saved</source>
        <translation>Protokoll gespeichert</translation>
    </message>
    <message>
        <source>Looking for the ankle</source>
        <translation>Sprunggelenk wird gesucht</translation>
    </message>
    <message>
        <source>Lower the threshold</source>
        <translation>Schwelle senken</translation>
    </message>
    <message>
        <source>Lowest HU (MinIP)</source>
        <translation>Niedrigste HU (MinIP)</translation>
    </message>
    <message>
        <source>Mean HU</source>
        <translation>Mittlere HU</translation>
    </message>
    <message>
        <source>Mean {} mm</source>
        <translation>Mittelwert {} mm</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Measure {number}: {name}, {values}: show it in every view</source>
        <translation>Messung {number}: {name}, {values}: in allen Ansichten zeigen</translation>
    </message>
    <message>
        <source>Measures ({count})</source>
        <translation>Messungen ({count})</translation>
    </message>
    <message>
        <source>Medial clear space</source>
        <translation>Medial Clear Space</translation>
    </message>
    <message>
        <source>Medial malleolus to talus, square to both borders, in the mortise view or the coronal slice nearest to it. As Murphy et al., Orthopedics 2014; 37: e449.</source>
        <translation>Innenknöchel bis Talus, senkrecht zu beiden Konturen, in der Mortise-Ansicht oder der ihr nächsten koronalen Schicht. Nach Murphy et al., Orthopedics 2014; 37: e449.</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>Mit mittlerer Taste ziehen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model grid</source>
        <translation>Modellraster</translation>
    </message>
    <message>
        <source>Model {} and its manifest disagree on how scans are prepared.</source>
        <translation>Modell {} und sein Manifest widersprechen sich darin, wie Scans aufbereitet werden.</translation>
    </message>
    <message>
        <source>Model {} and its manifest disagree on its values for {}.</source>
        <translation>Modell {} und sein Manifest widersprechen sich in den Werten für {}.</translation>
    </message>
    <message>
        <source>Model {} contradicts itself ({}); it was not assessed.</source>
        <translation>Modell {} widerspricht sich selbst ({}); der Scan wurde damit nicht beurteilt.</translation>
    </message>
    <message>
        <source>Model {} did not assess every ankle. {}</source>
        <translation>Das Modell {} hat nicht jedes Sprunggelenk beurteilt. {}</translation>
    </message>
    <message>
        <source>Model {} does not say how scans are prepared for it.</source>
        <translation>Modell {} sagt nicht, wie Scans dafür aufbereitet werden.</translation>
    </message>
    <message>
        <source>Model {} gave no number for this scan; it was not assessed.</source>
        <translation>Modell {} ergab keine Zahl für diesen Scan; er wurde nicht beurteilt.</translation>
    </message>
    <message>
        <source>Model {} takes volumes of another size than its manifest says.</source>
        <translation>Das Modell {} nimmt Volumina anderer Größe, als sein Manifest sagt.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>More than 1 mm of step-off left after treatment of a trimalleolar fracture went with more osteoarthritis (Verhage et al., Arch Orthop Trauma Surg 2019; 139: 323). For other joints the evidence is mixed (Giannoudis et al., Injury 2010; 41: 986).</source>
        <translation>Mehr als 1 mm Stufe nach der Behandlung einer trimalleolären Fraktur ging mit mehr Arthrose einher (Verhage et al., Arch Orthop Trauma Surg 2019; 139: 323). Für andere Gelenke ist die Evidenz uneinheitlich (Giannoudis et al., Injury 2010; 41: 986).</translation>
    </message>
    <message>
        <source>Mortise view</source>
        <translation>Mortise-Ansicht</translation>
    </message>
    <message>
        <source>Most of the map ({share} %) lies {where}.</source>
        <translation>Der überwiegende Teil der Heatmap ({share} %) liegt {where}.</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>N, Shift+N</source>
        <translation>N, Umschalt+N</translation>
    </message>
    <message>
        <source>Neither the fibula nor the side of the ankle could be told.</source>
        <translation>Weder die Fibula noch die Seite des Sprunggelenks ließ sich erkennen.</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>New key for the chosen command</source>
        <translation>Neue Taste für den gewählten Befehl</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>Nächster Befund</translation>
    </message>
    <message>
        <source>Next finding (N)</source>
        <translation>Nächster Befund (N)</translation>
    </message>
    <message>
        <source>Next slab mode</source>
        <translation>Nächster Slab-Modus</translation>
    </message>
    <message>
        <source>Next slab thickness</source>
        <translation>Nächste Slab-Dicke</translation>
    </message>
    <message>
        <source>Next way to show the slice planes</source>
        <translation>Schichtebenen anders zeigen</translation>
    </message>
    <message>
        <source>No ankle joint was found in this scan; the models are made for ankles.</source>
        <translation>In diesem Scan wurde kein Sprunggelenk gefunden; die Modelle sind für Sprunggelenke gemacht.</translation>
    </message>
    <message>
        <source>No answer yet</source>
        <translation>Noch keine Antwort</translation>
    </message>
    <message>
        <source>No bone to show in 3D</source>
        <translation>Kein Knochen für die 3D-Ansicht</translation>
    </message>
    <message>
        <source>No font on this computer can write {language}</source>
        <translation>Keine Schriftart für {language} auf diesem Rechner</translation>
    </message>
    <message>
        <source>No fracture found</source>
        <translation>Keine Fraktur gefunden</translation>
    </message>
    <message>
        <source>No fracture is there (R); again takes it back</source>
        <translation>Hier ist keine Fraktur (R); erneutes Drücken nimmt es zurück</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Keine Taste</translation>
    </message>
    <message>
        <source>No malleoli were found at the height of the joint.</source>
        <translation>Auf Höhe des Gelenks wurden keine Malleolen gefunden.</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>No model is installed; add one with: ankleviewer models add PACK</source>
        <translation>Es ist kein Modell installiert; fügen Sie eines hinzu mit: ankleviewer models add PACK</translation>
    </message>
    <message>
        <source>No model pack is installed. Add one with: ankleviewer models add PACK</source>
        <translation>Es ist kein Modellpaket installiert. Fügen Sie eines hinzu mit: ankleviewer models add PACK</translation>
    </message>
    <message>
        <source>No mortise view: no ankle was found in this scan.</source>
        <translation>Keine Mortise-Ansicht: In diesem Scan wurde kein Sprunggelenk gefunden.</translation>
    </message>
    <message>
        <source>No mortise view: {why}</source>
        <translation>Keine Mortise-Ansicht: {why}</translation>
    </message>
    <message>
        <source>No shaft of a tibia was found above this joint.</source>
        <translation>Über diesem Gelenk wurde kein Tibiaschaft gefunden.</translation>
    </message>
    <message>
        <source>No slice planes</source>
        <translation>Keine Schichtebenen</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>Kein Platz auf dem Datenträger</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner nicht vorhanden</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Not assessed</source>
        <translation>Nicht beurteilt</translation>
    </message>
    <message>
        <source>Not yet as accurate as a released model must be; not counted in the agreement.</source>
        <translation>Noch nicht so treffsicher, wie ein freigegebenes Modell sein muss; zählt nicht zur Übereinstimmung.</translation>
    </message>
    <message>
        <source>Nothing there</source>
        <translation>Kein Korrelat</translation>
    </message>
    <message>
        <source>Oblique planes</source>
        <translation>Schräge Ebenen</translation>
    </message>
    <message>
        <source>Old, healed fracture</source>
        <translation>Alte, verheilte Fraktur</translation>
    </message>
    <message>
        <source>One further place is smaller.</source>
        <translation>Eine weitere Stelle ist kleiner.</translation>
    </message>
    <message>
        <source>One released model counted: {call}</source>
        <translation>Ein freigegebenes Modell gezählt: {call}</translation>
    </message>
    <message>
        <source>One scan at a time: that of {name} is opened</source>
        <translation>Nur ein Scan auf einmal: Geöffnet wird {name}</translation>
    </message>
    <message>
        <source>One scan at a time: the first is opened</source>
        <translation>Nur ein Scan auf einmal: Der erste wird geöffnet</translation>
    </message>
    <message>
        <source>One slice</source>
        <translation>Eine Schicht</translation>
    </message>
    <message>
        <source>One three-dimensional scan is expected, this file holds {}.</source>
        <translation>Erwartet wird ein dreidimensionaler Scan, diese Datei enthält {}.</translation>
    </message>
    <message>
        <source>Only single-file NIfTI (.nii, .nii.gz) is read, not a pair of .hdr and .img.</source>
        <translation>Gelesen wird nur NIfTI in einer Datei (.nii, .nii.gz), kein Paar aus .hdr und .img.</translation>
    </message>
    <message>
        <source>Opacity of the fill</source>
        <translation>Deckkraft der Füllung</translation>
    </message>
    <message>
        <source>Opacity of the fill, at most 50 %</source>
        <translation>Deckkraft der Füllung, höchstens 50 %</translation>
    </message>
    <message>
        <source>Opacity of the filled map, per cent</source>
        <translation>Deckkraft der gefüllten Heatmap in Prozent</translation>
    </message>
    <message>
        <source>Open a folder of DICOM files</source>
        <translation>Ordner mit DICOM-Dateien öffnen</translation>
    </message>
    <message>
        <source>Open a scan</source>
        <translation>Scan öffnen</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>Datei öffnen…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open the CT series of this examination.</source>
        <translation>Öffnen Sie die CT-Serie dieser Untersuchung.</translation>
    </message>
    <message>
        <source>Open the sample scan</source>
        <translation>Beispielscan öffnen</translation>
    </message>
    <message>
        <source>Osteophyte or cyst</source>
        <translation>Osteophyt oder Zyste</translation>
    </message>
    <message>
        <source>Other series of this folder…</source>
        <translation>Andere Serie dieses Ordners…</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>Patient and file names are hidden (P)</source>
        <translation>Patienten- und Dateinamen sind verborgen (P)</translation>
    </message>
    <message>
        <source>Patient and file names are shown (P)</source>
        <translation>Patienten- und Dateinamen sind sichtbar (P)</translation>
    </message>
    <message>
        <source>Patient&apos;s back, side unknown</source>
        <translation>Hinten am Patienten, Seite unbekannt</translation>
    </message>
    <message>
        <source>Patient&apos;s front, side unknown</source>
        <translation>Vorn am Patienten, Seite unbekannt</translation>
    </message>
    <message>
        <source>Patient&apos;s left, side unknown</source>
        <translation>Links am Patienten, Seite unbekannt</translation>
    </message>
    <message>
        <source>Patient&apos;s right, side unknown</source>
        <translation>Rechts am Patienten, Seite unbekannt</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Zugriff verweigert</translation>
    </message>
    <message>
        <source>PgUp, PgDn</source>
        <translation>Bild auf, Bild ab</translation>
    </message>
    <message>
        <source>Picture of the view copied</source>
        <translation>Bild der Ansicht kopiert</translation>
    </message>
    <message>
        <source>Picture of the window copied</source>
        <translation>Bild des Fensters kopiert</translation>
    </message>
    <message>
        <source>Picture saved</source>
        <translation>Bild gespeichert</translation>
    </message>
    <message>
        <source>Plane of the lightbox</source>
        <translation>Ebene des Leuchtkastens</translation>
    </message>
    <message>
        <source>Point {number} of {count}: {what}</source>
        <translation>Punkt {number} von {count}: {what}</translation>
    </message>
    <message>
        <source>Position, mm</source>
        <translation>Position, mm</translation>
    </message>
    <message>
        <source>Posterior fragment, share of plafond</source>
        <translation>Volkmann-Fragment, Anteil am Plafond</translation>
    </message>
    <message>
        <source>Preliminary model</source>
        <translation>Vorläufiges Modell</translation>
    </message>
    <message>
        <source>Preparing the 3D view</source>
        <translation>3D-Ansicht wird vorbereitet</translation>
    </message>
    <message>
        <source>Preparing the scan</source>
        <translation>Scan wird aufbereitet</translation>
    </message>
    <message>
        <source>Previous finding</source>
        <translation>Voriger Befund</translation>
    </message>
    <message>
        <source>Previous finding (Shift+N)</source>
        <translation>Voriger Befund (Umschalt+N)</translation>
    </message>
    <message>
        <source>Probability of a fracture, from the model&apos;s score</source>
        <translation>Wahrscheinlichkeit einer Fraktur, aus dem Score des Modells</translation>
    </message>
    <message>
        <source>Put the measuring tool away</source>
        <translation>Messwerkzeug abwählen</translation>
    </message>
    <message>
        <source>Put the tool away (Esc)</source>
        <translation>Werkzeug abwählen (Esc)</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Raise the threshold</source>
        <translation>Schwelle anheben</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Datenträger ist schreibgeschützt</translation>
    </message>
    <message>
        <source>Reading headers</source>
        <translation>Header werden gelesen</translation>
    </message>
    <message>
        <source>Reading slices</source>
        <translation>Schichten werden gelesen</translation>
    </message>
    <message>
        <source>Reading the scan</source>
        <translation>Scan wird gelesen</translation>
    </message>
    <message>
        <source>Reading voxels</source>
        <translation>Voxel werden gelesen</translation>
    </message>
    <message>
        <source>Recent scan {number}</source>
        <translation>Letzter Scan {number}</translation>
    </message>
    <message>
        <source>Recent scans</source>
        <translation>Letzte Scans</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove mark M{number}</source>
        <translation>Markierung M{number} entfernen</translation>
    </message>
    <message>
        <source>Remove measure {number}</source>
        <translation>Messung {number} entfernen</translation>
    </message>
    <message>
        <source>Remove the selected measure</source>
        <translation>Gewählte Messung entfernen</translation>
    </message>
    <message>
        <source>Report saved</source>
        <translation>Bericht gespeichert</translation>
    </message>
    <message>
        <source>Report saved: {name}</source>
        <translation>Bericht gespeichert: {name}</translation>
    </message>
    <message>
        <source>Research use, not for diagnosis</source>
        <translation>Nur für Forschungszwecke, nicht zur Diagnostik</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Reset the crop box</source>
        <translation>Schnittquader zurücksetzen</translation>
    </message>
    <message>
        <source>Result column</source>
        <translation>Ergebnisspalte</translation>
    </message>
    <message>
        <source>Right ankle</source>
        <translation>Rechtes Sprunggelenk</translation>
    </message>
    <message>
        <source>Right drag, Ctrl + wheel</source>
        <translation>Mit rechter Taste ziehen, Strg + Rad</translation>
    </message>
    <message>
        <source>Run the model again (F5)</source>
        <translation>Modell erneut ausführen (F5)</translation>
    </message>
    <message>
        <source>Running {}</source>
        <translation>{} läuft</translation>
    </message>
    <message>
        <source>S, Alt+S</source>
        <translation>S, Alt+S</translation>
    </message>
    <message>
        <source>Sagittal</source>
        <translation>Sagittal</translation>
    </message>
    <message>
        <source>Save a picture of the window</source>
        <translation>Bild des Fensters speichern</translation>
    </message>
    <message>
        <source>Save log…</source>
        <translation>Protokoll speichern…</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>Bild speichern…</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Bericht speichern…</translation>
    </message>
    <message>
        <source>Save result and review</source>
        <translation>Ergebnis und Bewertung speichern</translation>
    </message>
    <message>
        <source>Save result and review…</source>
        <translation>Ergebnis und Bewertung speichern…</translation>
    </message>
    <message>
        <source>Save session…</source>
        <translation>Sitzung speichern…</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Protokoll speichern</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Bericht speichern</translation>
    </message>
    <message>
        <source>Save the session</source>
        <translation>Sitzung speichern</translation>
    </message>
    <message>
        <source>Scan open</source>
        <translation>Scan geöffnet</translation>
    </message>
    <message>
        <source>Scan read</source>
        <translation>Scan gelesen</translation>
    </message>
    <message>
        <source>Scan voxel</source>
        <translation>Scan-Voxel</translation>
    </message>
    <message>
        <source>Scans and sessions</source>
        <translation>Scans und Sitzungen</translation>
    </message>
    <message>
        <source>Scans stay on this machine; nothing is sent anywhere.</source>
        <translation>Scans bleiben auf diesem Rechner; es werden keine Daten übertragen.</translation>
    </message>
    <message>
        <source>Score, not calibrated</source>
        <translation>Score, nicht kalibriert</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Session saved</source>
        <translation>Sitzung gespeichert</translation>
    </message>
    <message>
        <source>Set {point}</source>
        <translation>Setzen: {point}</translation>
    </message>
    <message>
        <source>Set {point}  ({planes} view)</source>
        <translation>Setzen: {point}  (Ansicht {planes})</translation>
    </message>
    <message>
        <source>Share of the plafond&apos;s front-to-back length on the sagittal slice where the fragment is largest; no share of its area. After Ferries et al., J Orthop Trauma 1994; 8: 328.</source>
        <translation>Anteil an der Länge des Plafonds von vorn nach hinten in der sagittalen Schicht, in der das Fragment am größten ist; kein Anteil der Fläche. Nach Ferries et al., J Orthop Trauma 1994; 8: 328.</translation>
    </message>
    <message>
        <source>Shift + L R A P S I</source>
        <translation>Umschalt + L R A P S I</translation>
    </message>
    <message>
        <source>Shift + left</source>
        <translation>Umschalt + linke Taste</translation>
    </message>
    <message>
        <source>Shift + move</source>
        <translation>Umschalt + Bewegen</translation>
    </message>
    <message>
        <source>Shift+C, Shift+Z</source>
        <translation>Umschalt+C, Umschalt+Z</translation>
    </message>
    <message>
        <source>Shift+Q</source>
        <translation>Umschalt+Q</translation>
    </message>
    <message>
        <source>Shift+T, Shift+B</source>
        <translation>Umschalt+T, Umschalt+B</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Einblenden</translation>
    </message>
    <message>
        <source>Show the strongest finding in every view (N)</source>
        <translation>Stärksten Befund in allen Ansichten zeigen (N)</translation>
    </message>
    <message>
        <source>Shows whether a 3D network sees a fracture in an ankle CT, and where it looked.</source>
        <translation>Zeigt, ob ein 3D-Netz in einem Sprunggelenk-CT eine Fraktur sieht und wohin es geblickt hat.</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>Slab</translation>
    </message>
    <message>
        <source>Slice planes with their pictures</source>
        <translation>Schichtebenen mit ihren Bildern</translation>
    </message>
    <message>
        <source>Slice {} holds values from {} to {} HU; a CT stays within {} to {}.</source>
        <translation>Schicht {} enthält Werte von {} bis {} HU; ein CT bleibt zwischen {} und {}.</translation>
    </message>
    <message>
        <source>Slices are in the radiological convention: right on screen left; axial slices seen from the feet.</source>
        <translation>Schichten in radiologischer Konvention: rechte Patientenseite links im Bild; axiale Schichten von den Füßen her gesehen.</translation>
    </message>
    <message>
        <source>Slices from tile to tile</source>
        <translation>Schichten von Kachel zu Kachel</translation>
    </message>
    <message>
        <source>Slices lie up to {} mm beside the line of the others; they were moved to their stated places.</source>
        <translation>Schichten liegen bis zu {} mm neben der Linie der anderen; sie wurden an ihre angegebenen Orte verschoben.</translation>
    </message>
    <message>
        <source>Space (hold)</source>
        <translation>Leertaste (halten)</translation>
    </message>
    <message>
        <source>Spin</source>
        <translation>Drehen lassen</translation>
    </message>
    <message>
        <source>Step-off: across the larger fragment&apos;s joint line; gap: along it, negative where fragments overlap. After Cole et al., J Hand Surg Am 1997; 22: 792.</source>
        <translation>Stufe: quer zur Gelenklinie des größeren Fragments; Spalt: entlang dieser Linie, negativ bei Überlappung. Nach Cole et al., J Hand Surg Am 1997; 22: 792.</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Abbrechen (Esc)</translation>
    </message>
    <message>
        <source>Stopped on request.</source>
        <translation>Auf Wunsch abgebrochen.</translation>
    </message>
    <message>
        <source>Straight distance of two points, which may lie on different slices.</source>
        <translation>Gerade Strecke zwischen zwei Punkten, die auf verschiedenen Schichten liegen dürfen.</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Text (*.txt)</translation>
    </message>
    <message>
        <source>That failed ({code})</source>
        <translation>Das ist fehlgeschlagen ({code})</translation>
    </message>
    <message numerus="yes">
        <source>The earlier review of this scan judged %n boxes of another version of this model. What was said of them is kept, and not shown.</source>
        <translation>
            <numerusform>Die frühere Bewertung dieses Scans betraf auch %n Rahmen einer anderen Version dieses Modells. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</numerusform>
            <numerusform>Die frühere Bewertung dieses Scans betraf auch %n Rahmen einer anderen Version dieses Modells. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</numerusform>
        </translation>
    </message>
    <message>
        <source>The earlier review of this scan judged a box of another version of this model. What was said of it is kept, and not shown.</source>
        <translation>Die frühere Bewertung dieses Scans betraf auch einen Rahmen einer anderen Version dieses Modells. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>The language changes when the work under way is done</source>
        <translation>Die Sprache wechselt nach der laufenden Arbeit</translation>
    </message>
    <message>
        <source>The leg&apos;s shaft was not found: heights are along the scan&apos;s axis</source>
        <translation>Der Schaft des Beins wurde nicht gefunden: Höhen gelten entlang der Achse des Scans</translation>
    </message>
    <message>
        <source>The model learned from a hospital&apos;s own scans; its accuracy in patients is not known to this program.</source>
        <translation>Das Modell wurde mit eigenen Scans eines Krankenhauses trainiert; seine Treffsicherheit bei Patienten ist diesem Programm nicht bekannt.</translation>
    </message>
    <message>
        <source>The model pack {} was left out. {}</source>
        <translation>Das Modellpaket {} wurde ausgelassen. {}</translation>
    </message>
    <message>
        <source>The network that finds ankles is missing, damaged or failed; the shape of the bones alone told where the ankle lies.</source>
        <translation>Das Netz, das Sprunggelenke findet, fehlt, ist beschädigt oder ist ausgefallen; wo das Sprunggelenk liegt, hat nur die Form der Knochen gezeigt.</translation>
    </message>
    <message>
        <source>The scan shows too little air around the leg to check its values against it.</source>
        <translation>Der Scan zeigt zu wenig Luft um das Bein, um seine Werte daran zu prüfen.</translation>
    </message>
    <message>
        <source>The series claims {} × {} × {} voxels.</source>
        <translation>Die Serie gibt {} × {} × {} Voxel an.</translation>
    </message>
    <message>
        <source>The {planes} view is turned away from the leg: turn the planes onto the ankle (V)</source>
        <translation>Die Ansicht {planes} ist vom Bein weggedreht: drehen Sie die Ebenen auf das Sprunggelenk (V)</translation>
    </message>
    <message>
        <source>There is no box to edit</source>
        <translation>Es gibt keinen Rahmen zum Bearbeiten</translation>
    </message>
    <message>
        <source>There is no box to judge</source>
        <translation>Es gibt keinen Rahmen zum Beurteilen</translation>
    </message>
    <message>
        <source>There is no finding to go to</source>
        <translation>Es gibt keinen Befund, zu dem man gehen könnte</translation>
    </message>
    <message>
        <source>Two different model packs are named {}; give only one of them.</source>
        <translation>Zwei verschiedene Modellpakete heißen {}; geben Sie nur eines davon an.</translation>
    </message>
    <message>
        <source>Uninjured ankles, radiographs: 2.7 mm (SD 0.5), in 98 % not wider than the superior clear space (DeAngelis et al., Foot Ankle Int 2007; 28: 490). Limits of 4 or 5 mm are cited; uninjured men have 3.3 mm (SD 0.8), women 2.3 (SD 0.6), so some men and tall people exceed 4 mm (Murphy et al.).</source>
        <translation>Unverletzte Sprunggelenke, Röntgenbilder: 2.7 mm (SD 0.5), in 98 % nicht weiter als der obere Gelenkspalt (DeAngelis et al., Foot Ankle Int 2007; 28: 490). Genannt werden Grenzen von 4 oder 5 mm; unverletzte Männer haben 3.3 mm (SD 0.8), Frauen 2.3 (SD 0.6), so dass manche Männer und große Menschen 4 mm überschreiten (Murphy et al.).</translation>
    </message>
    <message>
        <source>as thin as others, none of which has more slices</source>
        <translation>so dünn wie andere, von denen keine mehr Schichten hat</translation>
    </message>
    <message>
        <source>lightbox of the view last used; in it Left, Right: step, + and -: size</source>
        <translation>Leuchtkasten der zuletzt benutzten Ansicht; darin Links, Rechts: Schritt, + und -: Größe</translation>
    </message>
    <message>
        <source>none is without a fault, and no other has more slices</source>
        <translation>keine ist ohne Mangel, und keine andere hat mehr Schichten</translation>
    </message>
    <message>
        <source>none is without a fault; of those whose slice distance is known, no other has more slices</source>
        <translation>keine ist ohne Mangel; von denen mit bekanntem Schichtabstand hat keine andere mehr Schichten</translation>
    </message>
    <message>
        <source>The 3D view failed ({code})</source>
        <translation>Die 3D-Ansicht ist fehlgeschlagen ({code})</translation>
    </message>
    <message numerus="yes">
        <source>%n lines of the earlier review of this scan could not be read, or are of a later version of the program. They are kept, and not shown.</source>
        <translation>
            <numerusform>%n Zeile der früheren Bewertung dieses Scans konnte nicht gelesen werden oder stammt aus einer späteren Programmversion. Sie bleibt erhalten und wird nicht gezeigt.</numerusform>
            <numerusform>%n Zeilen der früheren Bewertung dieses Scans konnten nicht gelesen werden oder stammen aus einer späteren Programmversion. Sie bleiben erhalten und werden nicht gezeigt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n series. Arrow keys choose, Enter opens, a number opens that one.</source>
        <translation>
            <numerusform>%n Serie. Pfeiltasten wählen, Eingabe öffnet, eine Ziffer öffnet die Serie mit dieser Nummer.</numerusform>
            <numerusform>%n Serien. Pfeiltasten wählen, Eingabe öffnet, eine Ziffer öffnet die Serie mit dieser Nummer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slices</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
    <message>
        <source>A file with this name and the ending {ending} exists already. Replace it?</source>
        <translation>Eine Datei dieses Namens mit der Endung {ending} gibt es schon. Ersetzen?</translation>
    </message>
    <message>
        <source>A slice lies {} mm beside the next one; at most {} is accepted.</source>
        <translation>Eine Schicht ist um {} mm gegen die nächste versetzt; höchstens {} werden akzeptiert.</translation>
    </message>
    <message>
        <source>A slice lies {} mm beside the next one; the slices were moved to their stated places, and nothing is detected in such a scan.</source>
        <translation>Eine Schicht ist um {} mm gegen die nächste versetzt; die Schichten wurden an die angegebenen Orte verschoben, und in einem solchen Scan wird nicht nach Frakturen gesucht.</translation>
    </message>
    <message>
        <source>Accepted by the reader</source>
        <translation>Vom Befunder bestätigt</translation>
    </message>
    <message>
        <source>Choose a series</source>
        <translation>Serie wählen</translation>
    </message>
    <message>
        <source>Click: crosshair   Double-click: four views   ← →: step   + −: size   {keys}: close</source>
        <translation>Klick: Fadenkreuz   Doppelklick: vier Ansichten   ← →: Schritt   + −: Größe   {keys}: schließen</translation>
    </message>
    <message>
        <source>Coarse</source>
        <translation>Grob</translation>
    </message>
    <message>
        <source>Column, row and slice, counted from 0; slice numbers in the views count from 1</source>
        <translation>Spalte, Zeile und Schicht, ab 0 gezählt; die Schichtnummern in den Ansichten zählen ab 1</translation>
    </message>
    <message>
        <source>Finding {number}, {share} % of the map, centre {mm}</source>
        <translation>Befund {number}, {share} % der Heatmap, Mitte {mm}</translation>
    </message>
    <message>
        <source>Hide all that comes from the model, while held</source>
        <translation>Alles vom Modell ausblenden, solange gehalten</translation>
    </message>
    <message>
        <source>It is not certain where the ankle lies: the shape of the bones and the landmarks say different places; no model is run.</source>
        <translation>Wo das Sprunggelenk liegt, ist nicht sicher: Form der Knochen und Landmarken nennen verschiedene Stellen; kein Modell wird ausgeführt.</translation>
    </message>
    <message>
        <source>Looking at the series of this folder …</source>
        <translation>Die Serien dieses Ordners werden durchgesehen …</translation>
    </message>
    <message>
        <source>Mark a missed fracture at the crosshair</source>
        <translation>Übersehene Fraktur am Fadenkreuz markieren</translation>
    </message>
    <message>
        <source>Nearer the feet, side unknown</source>
        <translation>Näher an den Füßen, Seite unbekannt</translation>
    </message>
    <message>
        <source>Nearer the head, side unknown</source>
        <translation>Näher am Kopf, Seite unbekannt</translation>
    </message>
    <message>
        <source>No agreement counted: no released model assessed every ankle of this scan</source>
        <translation>Übereinstimmung nicht ermittelt: Kein freigegebenes Modell hat jedes Sprunggelenk dieses Scans beurteilt</translation>
    </message>
    <message>
        <source>No cast or splint was found around this leg.</source>
        <translation>Um dieses Bein wurde kein Gips und keine Schiene gefunden.</translation>
    </message>
    <message>
        <source>No temporary folder can be written to unpack the ZIP file: the disk is full, or the folder is not yours to write.</source>
        <translation>Kein temporärer Ordner ist beschreibbar, um die ZIP-Datei zu entpacken: Der Datenträger ist voll, oder das Schreibrecht fehlt.</translation>
    </message>
    <message>
        <source>Not proposed: {reason}</source>
        <translation>Nicht vorgeschlagen: {reason}</translation>
    </message>
    <message>
        <source>Of {count} validation scans scored {low}–{high}, {fractured} had a fracture</source>
        <translation>Validierungsscans mit Score {low}–{high}: {fractured} von {count} mit Fraktur</translation>
    </message>
    <message>
        <source>One line of the earlier review of this scan could not be read, or is of a later version of the program. It is kept, and not shown.</source>
        <translation>Eine Zeile der früheren Bewertung dieses Scans konnte nicht gelesen werden oder stammt aus einer späteren Programmversion. Sie bleibt erhalten und wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>Open now</source>
        <translation>Zurzeit geöffnet</translation>
    </message>
    <message>
        <source>Proposed: {reason}</source>
        <translation>Vorgeschlagen: {reason}</translation>
    </message>
    <message>
        <source>Put in place, the slices would take {} × {} × {} voxels.</source>
        <translation>An ihre Orte gebracht, bräuchten die Schichten {} × {} × {} Voxel.</translation>
    </message>
    <message>
        <source>Reason (optional)</source>
        <translation>Grund (optional)</translation>
    </message>
    <message>
        <source>Rejected by the reader</source>
        <translation>Vom Befunder verworfen</translation>
    </message>
    <message>
        <source>Result and review saved</source>
        <translation>Ergebnis und Bewertung gespeichert</translation>
    </message>
    <message>
        <source>Series {number}</source>
        <translation>Serie {number}</translation>
    </message>
    <message>
        <source>Shift+V, Shift+X, Shift+K</source>
        <translation>Umschalt+V, Umschalt+X, Umschalt+K</translation>
    </message>
    <message>
        <source>Show this ankle</source>
        <translation>Dieses Sprunggelenk zeigen</translation>
    </message>
    <message>
        <source>Show this place in every view. Per cent: this box&apos;s part of the whole heat map, not a probability.</source>
        <translation>Diese Stelle in allen Ansichten zeigen. Prozent: Anteil dieses Rahmens an der ganzen Heatmap, keine Wahrscheinlichkeit.</translation>
    </message>
    <message>
        <source>The 3D view is switched off (ANKLEVIEWER_NO_3D).</source>
        <translation>Die 3D-Ansicht ist abgeschaltet (ANKLEVIEWER_NO_3D).</translation>
    </message>
    <message>
        <source>The 3D view needs OpenGL 3.2; the slices work without it.</source>
        <translation>Die 3D-Ansicht braucht OpenGL 3.2; die Schichten gehen auch ohne.</translation>
    </message>
    <message>
        <source>The 3D view needs a screen with OpenGL.</source>
        <translation>Die 3D-Ansicht braucht einen Bildschirm mit OpenGL.</translation>
    </message>
    <message>
        <source>The DICOM files are damaged and cannot be read.</source>
        <translation>Die DICOM-Dateien sind beschädigt und nicht lesbar.</translation>
    </message>
    <message>
        <source>The DICOM files hold no images.</source>
        <translation>Die DICOM-Dateien enthalten keine Bilder.</translation>
    </message>
    <message>
        <source>The ZIP file holds neither a NIfTI file nor DICOM images.</source>
        <translation>Die ZIP-Datei enthält weder eine NIfTI-Datei noch DICOM-Bilder.</translation>
    </message>
    <message>
        <source>The ZIP file holds {} files; at most {} are read.</source>
        <translation>Die ZIP-Datei enthält {} Dateien; höchstens {} werden gelesen.</translation>
    </message>
    <message>
        <source>The ZIP file holds {} scans; open one at a time.</source>
        <translation>Die ZIP-Datei enthält {} Scans; öffnen Sie jeweils einen.</translation>
    </message>
    <message>
        <source>The ZIP file is damaged or cut off.</source>
        <translation>Die ZIP-Datei ist beschädigt oder abgeschnitten.</translation>
    </message>
    <message>
        <source>The ZIP file is encrypted; unpack it with its password and open the folder.</source>
        <translation>Die ZIP-Datei ist verschlüsselt; entpacken Sie sie mit ihrem Passwort und öffnen Sie den Ordner.</translation>
    </message>
    <message>
        <source>The ankle is not whole: {}</source>
        <translation>Das Sprunggelenk ist nicht vollständig: {}</translation>
    </message>
    <message>
        <source>The chosen series is no longer there; open the folder again.</source>
        <translation>Die gewählte Serie ist nicht mehr vorhanden; öffnen Sie den Ordner erneut.</translation>
    </message>
    <message>
        <source>The compressed file holds much more than its header claims.</source>
        <translation>Die komprimierte Datei enthält viel mehr, als ihr Header angibt.</translation>
    </message>
    <message>
        <source>The compressed file is cut off.</source>
        <translation>Die komprimierte Datei ist abgeschnitten.</translation>
    </message>
    <message>
        <source>The compressed file is damaged: its checksum or its data are wrong.</source>
        <translation>Die komprimierte Datei ist beschädigt: Prüfsumme oder Daten sind falsch.</translation>
    </message>
    <message>
        <source>The deflated file is cut off.</source>
        <translation>Die komprimierte DICOM-Datei ist abgeschnitten.</translation>
    </message>
    <message>
        <source>The deflated file is damaged or cut off.</source>
        <translation>Die komprimierte DICOM-Datei ist beschädigt oder abgeschnitten.</translation>
    </message>
    <message>
        <source>The densest bone has only {} HU; more than {} is expected. This may be a picture with changed grey values, not a CT.</source>
        <translation>Der dichteste Knochen hat nur {} HU; erwartet werden mehr als {}. Dies könnte ein Bild mit veränderten Grauwerten sein, kein CT.</translation>
    </message>
    <message>
        <source>The distance between slices runs from {} to {} mm; at most {} of difference is accepted.{}</source>
        <translation>Der Schichtabstand reicht von {} bis {} mm; höchstens {} Unterschied werden akzeptiert.{}</translation>
    </message>
    <message>
        <source>The distance between slices runs from {} to {} mm; the scan was resampled to {} mm.</source>
        <translation>Der Schichtabstand reicht von {} bis {} mm; der Scan wurde auf {} mm umgerechnet.</translation>
    </message>
    <message>
        <source>The earlier review of this scan could not be read ({why}). It is not shown.</source>
        <translation>Die frühere Bewertung dieses Scans konnte nicht gelesen werden ({why}). Sie wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>The engine refuses the model ({}).</source>
        <translation>Die Rechenumgebung lehnt das Modell ab ({}).</translation>
    </message>
    <message>
        <source>The engine that runs the model</source>
        <translation>Die Rechenumgebung, in der das Modell läuft</translation>
    </message>
    <message>
        <source>The file cannot be read (system error {}).</source>
        <translation>Die Datei kann nicht gelesen werden (Systemfehler {}).</translation>
    </message>
    <message>
        <source>The file claims to hold {} images (Number of Frames), but describes {}; which is right is unknown.</source>
        <translation>Die Datei soll laut Header {} Bilder enthalten (Number of Frames), beschreibt aber {}; welche Zahl stimmt, ist unbekannt.</translation>
    </message>
    <message>
        <source>The file could not be written ({why}). Choose another place.</source>
        <translation>Die Datei konnte nicht geschrieben werden ({why}). Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>The file describes {} images, but does not say how many it holds (Number of Frames).</source>
        <translation>Die Datei beschreibt {} Bilder, sagt aber nicht, wie viele sie enthält (Number of Frames).</translation>
    </message>
    <message>
        <source>The file does not say how the patient lies in it; left and right are unknown.</source>
        <translation>Die Datei sagt nicht, wie der Patient darin liegt; links und rechts sind unbekannt.</translation>
    </message>
    <message>
        <source>The file is cut off: it has {} bytes, its header needs {}.</source>
        <translation>Die Datei ist abgeschnitten: Sie hat {} Byte, ihr Header verlangt {}.</translation>
    </message>
    <message>
        <source>The file is cut off: {} bytes cannot hold the {} its header claims.</source>
        <translation>Die Datei ist abgeschnitten: {} Byte können die {} nicht enthalten, die ihr Header angibt.</translation>
    </message>
    <message>
        <source>The file is cut off: {} bytes expected here, {} found.</source>
        <translation>Die Datei ist abgeschnitten: {} Byte hier erwartet, {} gefunden.</translation>
    </message>
    <message>
        <source>The file is damaged or not a scan ({}).</source>
        <translation>Die Datei ist beschädigt oder kein Scan ({}).</translation>
    </message>
    <message>
        <source>The file or folder does not exist or cannot be reached.</source>
        <translation>Datei oder Ordner existiert nicht oder ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The file&apos;s data are nested too deeply; it is damaged or was made to do harm.</source>
        <translation>Die Daten der Datei sind zu tief verschachtelt; sie ist beschädigt oder in schädlicher Absicht erstellt.</translation>
    </message>
    <message>
        <source>The folder does not exist or cannot be reached.</source>
        <translation>Der Ordner existiert nicht oder ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The folder holds a file above {} GB.</source>
        <translation>Der Ordner enthält eine Datei über {} GB.</translation>
    </message>
    <message>
        <source>The folder holds more than {} files; open one series at a time.</source>
        <translation>Der Ordner enthält mehr als {} Dateien; öffnen Sie jeweils eine Serie.</translation>
    </message>
    <message>
        <source>The folder holds {} NIfTI files; open one at a time.</source>
        <translation>Der Ordner enthält {} NIfTI-Dateien; öffnen Sie sie einzeln.</translation>
    </message>
    <message>
        <source>The folder holds {} series (of {} slices); open one file of the series you want, or a folder with one series.</source>
        <translation>Der Ordner enthält {} Serien (mit {} Schichten); öffnen Sie eine Datei der gewünschten Serie oder einen Ordner mit nur einer Serie.</translation>
    </message>
    <message>
        <source>The gantry was tilted by {} degrees; the slices were moved back into a right-angled stack.</source>
        <translation>Die Gantry war um {} Grad gekippt; die Schichten wurden in einen rechtwinkligen Stapel zurückverschoben.</translation>
    </message>
    <message>
        <source>The header calls this a left ankle, the bones look like a right one: one of them is wrong, or the scan is mirrored.</source>
        <translation>Der Header nennt ein linkes Sprunggelenk, die Knochen sehen nach einem rechten aus: Eines davon ist falsch, oder der Scan ist gespiegelt.</translation>
    </message>
    <message>
        <source>The header calls this a right ankle, the bones look like a left one: one of them is wrong, or the scan is mirrored.</source>
        <translation>Der Header nennt ein rechtes Sprunggelenk, die Knochen sehen nach einem linken aus: Eines davon ist falsch, oder der Scan ist gespiegelt.</translation>
    </message>
    <message>
        <source>The header claims {} GB; at most {} GB are read.</source>
        <translation>Der Header gibt {} GB an; höchstens {} GB werden gelesen.</translation>
    </message>
    <message>
        <source>The header claims {} voxels; at most {} thousand million are read.</source>
        <translation>Der Header gibt {} Voxel an; höchstens {} Milliarden werden gelesen.</translation>
    </message>
    <message>
        <source>The header gives a voxel size of {}; positive numbers are expected.</source>
        <translation>Der Header gibt eine Voxelgröße von {} an; erwartet werden positive Zahlen.</translation>
    </message>
    <message>
        <source>The header gives impossible dimensions: {}.</source>
        <translation>Der Header gibt unmögliche Abmessungen an: {}.</translation>
    </message>
    <message>
        <source>The header has an intercept of {} without a slope; it was not applied, as the NIfTI standard says, but programs differ.</source>
        <translation>Der Header enthält einen Intercept von {} ohne Slope; er wurde nicht angewandt, wie der NIfTI-Standard es vorsieht, aber Programme verfahren verschieden.</translation>
    </message>
    <message>
        <source>The header names no known unit of length (code {}).</source>
        <translation>Der Header nennt keine bekannte Längeneinheit (Code {}).</translation>
    </message>
    <message>
        <source>The header puts the scan more than a kilometre from its own origin.</source>
        <translation>Laut Header liegt der Scan mehr als einen Kilometer von seinem eigenen Ursprung entfernt.</translation>
    </message>
    <message>
        <source>The header puts the voxels at byte {}; {} or more is expected.</source>
        <translation>Der Header legt die Voxel auf Byte {}; erwartet wird {} oder mehr.</translation>
    </message>
    <message>
        <source>The header scales the values by {} and {}; finite numbers are expected.</source>
        <translation>Der Header skaliert die Werte mit {} und {}; erwartet werden endliche Zahlen.</translation>
    </message>
    <message>
        <source>The heat map is not shown with this answer; it says nothing about a place.</source>
        <translation>Die Heatmap wird bei dieser Antwort nicht gezeigt; sie sagt nichts über eine Stelle aus.</translation>
    </message>
    <message>
        <source>The heat map shows what moved the network&apos;s answer; it is no outline of a fracture, and it is coarse.</source>
        <translation>Die Heatmap zeigt, was die Antwort des Netzes beeinflusst hat; sie ist kein Umriss einer Fraktur, und sie ist grob.</translation>
    </message>
    <message>
        <source>No part of the heat map above its floor lies at bone; it says nothing about a place.</source>
        <translation>Kein Teil der Heatmap über ihrer Untergrenze liegt an Knochen; sie sagt nichts über eine Stelle aus.</translation>
    </message>
    <message>
        <source>3D: volume rendering, without the foot, without cast and splint</source>
        <translation>3D: Volume Rendering, ohne Fuß, ohne Gips und Schiene</translation>
    </message>
    <message>
        <source>Another leg lies in the scan; its ankle could not be found for certain, and was not assessed.</source>
        <translation>Im Scan liegt ein weiteres Bein; sein Sprunggelenk war nicht sicher zu finden und wurde nicht beurteilt.</translation>
    </message>
    <message>
        <source>Bone narrow</source>
        <translation>Knochen schmal</translation>
    </message>
    <message>
        <source>Bone sharp</source>
        <translation>Knochen scharf</translation>
    </message>
    <message>
        <source>E, Esc: end</source>
        <translation>E, Esc: beenden</translation>
    </message>
    <message>
        <source>Finding {number} lies in the part that is left out.</source>
        <translation>Befund {number} liegt in dem Teil, der weggelassen ist.</translation>
    </message>
    <message>
        <source>Part of finding {number} lies in what is left out.</source>
        <translation>Ein Teil von Befund {number} liegt in dem, was weggelassen ist.</translation>
    </message>
    <message>
        <source>Fracture probability</source>
        <translation>Frakturwahrscheinlichkeit</translation>
    </message>
    <message numerus="yes">
        <source>%n steps of the review could not be written to the disk. They are lost when the program is closed.</source>
        <translation>
            <numerusform>%n Schritt der Bewertung konnte nicht gespeichert werden. Er geht verloren, wenn das Programm beendet wird.</numerusform>
            <numerusform>%n Schritte der Bewertung konnten nicht gespeichert werden. Sie gehen verloren, wenn das Programm beendet wird.</numerusform>
        </translation>
    </message>
    <message>
        <source>A step of the review could not be written to the disk. It is lost when the program is closed.</source>
        <translation>Ein Schritt der Bewertung konnte nicht gespeichert werden. Er geht verloren, wenn das Programm beendet wird.</translation>
    </message>
    <message>
        <source>Comparing images that are there twice</source>
        <translation>Doppelt vorhandene Bilder werden verglichen</translation>
    </message>
    <message>
        <source>Done again: what was said of a finding of {model} that is not shown.</source>
        <translation>Wiederholt: was über einen Befund von {model} gesagt wurde, der nicht gezeigt wird.</translation>
    </message>
    <message>
        <source>Drag to move the outline (keys [ and ]). The tick is the level at which this map opens; boxes stay.</source>
        <translation>Ziehen verschiebt die Umrisslinie (Tasten [ und ]). Der Strich ist die Höhe, mit der diese Karte beginnt; die Rahmen bleiben.</translation>
    </message>
    <message>
        <source>Finding 1 is shown now. Press again to judge it.</source>
        <translation>Befund 1 wird jetzt gezeigt. Zum Beurteilen noch einmal drücken.</translation>
    </message>
    <message>
        <source>Finding {number} accepted</source>
        <translation>Befund {number} bestätigt</translation>
    </message>
    <message>
        <source>Finding {number} rejected</source>
        <translation>Befund {number} verworfen</translation>
    </message>
    <message>
        <source>Finding {number}: what was said of it is taken back</source>
        <translation>Befund {number}: Das Urteil ist zurückgenommen</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>Voller Bereich</translation>
    </message>
    <message>
        <source>Its name is {}, as that of {} beside it, which answers; remove one of them.</source>
        <translation>Es heißt {} wie {} daneben, das verwendet wird; entfernen Sie eines von beiden.</translation>
    </message>
    <message>
        <source>Left side</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Marked by you</source>
        <translation>Von Ihnen markiert</translation>
    </message>
    <message>
        <source>Model input</source>
        <translation>Modelleingabe</translation>
    </message>
    <message>
        <source>Model {} contradicts itself when it is tried on noise, before its first scan ({}); it is not run.</source>
        <translation>Modell {} widerspricht sich, wenn es vor seinem ersten Scan an Rauschen erprobt wird ({}); es wird nicht ausgeführt.</translation>
    </message>
    <message>
        <source>Model {} gave no answer. {} {}</source>
        <translation>Das Modell {} gab keine Antwort. {} {}</translation>
    </message>
    <message>
        <source>Model {} gave no number when it was tried on noise, before its first scan; it is not run.</source>
        <translation>Modell {} gab keine Zahl, als es vor seinem ersten Scan an Rauschen erprobt wurde; es wird nicht ausgeführt.</translation>
    </message>
    <message>
        <source>Model {} sees whole scans, and this one shows more than one ankle; it was not assessed.</source>
        <translation>Das Modell {} sieht ganze Scans, und dieser zeigt mehr als ein Sprunggelenk; es wurde nicht beurteilt.</translation>
    </message>
    <message>
        <source>M{number} · marked by you</source>
        <translation>M{number} · von Ihnen</translation>
    </message>
    <message>
        <source>No fracture</source>
        <translation>Keine Fraktur</translation>
    </message>
    <message>
        <source>No graphics card: the surface stays. “{entry}” in the 3D menu shows the volume all the same.</source>
        <translation>Keine Grafikkarte: Die Oberfläche bleibt. „{entry}“ im 3D-Menü schaltet Volume Rendering trotzdem ein.</translation>
    </message>
    <message>
        <source>No place stood out.</source>
        <translation>Keine Stelle fiel auf.</translation>
    </message>
    <message>
        <source>No results can refer to the scan&apos;s images as they are ({}).</source>
        <translation>Auf die Bilder der Aufnahme, wie sie sind, können sich keine Ergebnisse beziehen ({}).</translation>
    </message>
    <message>
        <source>No validation scan had such a score</source>
        <translation>Kein Validierungsscan hatte einen solchen Score</translation>
    </message>
    <message>
        <source>Nothing is lighter than {} HU, and much is just that: the values below seem to have been cut off (air is expected at -1000 HU, fat at -100). Export the scan again as signed numbers.</source>
        <translation>Kein Wert liegt unter {} HU, und viele liegen genau dort: Die Werte darunter scheinen abgeschnitten zu sein (Luft wird bei -1000 HU erwartet, Fett bei -100). Exportieren Sie den Scan noch einmal mit Vorzeichen.</translation>
    </message>
    <message>
        <source>Preliminary {name} says: {call} (not counted)</source>
        <translation>Vorläufiges Modell {name}: {call} (nicht gezählt)</translation>
    </message>
    <message>
        <source>Region (HU)</source>
        <translation>ROI (HU)</translation>
    </message>
    <message>
        <source>Remark on your own reading</source>
        <translation>Bemerkung zur eigenen Beurteilung</translation>
    </message>
    <message>
        <source>Remark, without names</source>
        <translation>Bemerkung, ohne Namen</translation>
    </message>
    <message>
        <source>Results saved in the folder {name}</source>
        <translation>Ergebnisse im Ordner {name} gespeichert</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Seitlich rechts</translation>
    </message>
    <message>
        <source>Right side</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Save results for the PACS</source>
        <translation>Ergebnisse für das PACS speichern</translation>
    </message>
    <message>
        <source>Save results for the PACS…</source>
        <translation>Ergebnisse für das PACS speichern…</translation>
    </message>
    <message>
        <source>Separating the foot; it is still shown.</source>
        <translation>Der Fuß wird abgetrennt; noch ist er zu sehen.</translation>
    </message>
    <message>
        <source>Settings cannot be kept: the program&apos;s own folder cannot be written. They hold until the program is closed.</source>
        <translation>Einstellungen können nicht gespeichert werden: Der Ordner des Programms ist nicht beschreibbar. Sie gelten, bis das Programm geschlossen wird.</translation>
    </message>
    <message>
        <source>Several images of the scan carry the same number (SOP Instance UID).</source>
        <translation>Mehrere Bilder der Aufnahme tragen dieselbe Nummer (SOP Instance UID).</translation>
    </message>
    <message>
        <source>Side unknown</source>
        <translation>Seite ?</translation>
    </message>
    <message>
        <source>Slices of {} mm (distance or thickness) are coarser than any from which the models learned ({} mm); none is run. Open thinner slices.</source>
        <translation>Schichten von {} mm (Abstand oder Dicke) sind gröber als alle, aus denen die Modelle gelernt haben ({} mm); es wird keines angewandt. Öffnen Sie dünnere Schichten.</translation>
    </message>
    <message>
        <source>Slices of {} mm (distance or thickness): above {} mm the models overlook more fractures. Open thinner ones if there are any.</source>
        <translation>Schichten von {} mm (Abstand oder Dicke): Über {} mm übersehen die Modelle mehr Frakturen. Öffnen Sie dünnere, falls es sie gibt.</translation>
    </message>
    <message>
        <source>Soft tissue</source>
        <translation>Weichteile</translation>
    </message>
    <message>
        <source>Taken back: what was said of a finding of {model} that is not shown.</source>
        <translation>Zurückgenommen: was über einen Befund von {model} gesagt wurde, der nicht gezeigt wird.</translation>
    </message>
    <message>
        <source>The ZIP file is packed in a way that this program does not open; pack it again as an ordinary ZIP.</source>
        <translation>Die ZIP-Datei ist auf eine Weise gepackt, die dieses Programm nicht öffnet; packen Sie sie als gewöhnliches ZIP neu.</translation>
    </message>
    <message>
        <source>The ZIP file&apos;s list of its files has {} MB; at most {} are read.</source>
        <translation>Das Dateiverzeichnis der ZIP-Datei hat {} MB; höchstens {} werden gelesen.</translation>
    </message>
    <message>
        <source>The ankle of another leg in the scan is uncertain; check that the ankle itself was assessed.</source>
        <translation>Wo im anderen Bein das Sprunggelenk liegt, ist unsicher; prüfen Sie, ob wirklich das Sprunggelenk beurteilt wurde.</translation>
    </message>
    <message>
        <source>The box from above, from the front and from the side</source>
        <translation>Der Rahmen von oben, von vorn und von der Seite</translation>
    </message>
    <message>
        <source>The crosshair lies outside of the scan</source>
        <translation>Das Fadenkreuz liegt außerhalb des Scans</translation>
    </message>
    <message numerus="yes">
        <source>The earlier review of this scan judged or changed %n boxes that the model does not draw today. What was said of them is kept, and not shown.</source>
        <translation>
            <numerusform>Die frühere Bewertung dieses Scans betraf auch %n Rahmen, den das Modell heute nicht zeichnet. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</numerusform>
            <numerusform>Die frühere Bewertung dieses Scans betraf auch %n Rahmen, die das Modell heute nicht zeichnet. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</numerusform>
        </translation>
    </message>
    <message>
        <source>The earlier review of this scan judged or changed a box that the model does not draw today. What was said of it is kept, and not shown.</source>
        <translation>Die frühere Bewertung dieses Scans betraf auch einen Rahmen, den das Modell heute nicht zeichnet. Was dazu gesagt wurde, bleibt erhalten und wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>The engine that runs the models cannot be loaded on this computer ({}).</source>
        <translation>Die Rechenumgebung für die Modelle kann auf diesem Rechner nicht geladen werden ({}).</translation>
    </message>
    <message>
        <source>The file ends within its header; copy it once more.</source>
        <translation>Die Datei endet innerhalb ihres Headers; kopieren Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>The folder cannot be read whole ({}).</source>
        <translation>Der Ordner kann nicht vollständig gelesen werden ({}).</translation>
    </message>
    <message>
        <source>The folder holds other files. Name a new one for the results.</source>
        <translation>Der Ordner enthält andere Dateien. Nennen Sie für die Ergebnisse einen neuen.</translation>
    </message>
    <message>
        <source>The images are coloured pictures, not CT values.</source>
        <translation>Die Bilder sind Farbbilder, keine CT-Werte.</translation>
    </message>
    <message>
        <source>The images are projections through many slices: nothing is detected in them. Open the slices themselves.</source>
        <translation>Die Bilder sind Projektionen durch viele Schichten: In ihnen wird nichts erkannt. Öffnen Sie die Schichten selbst.</translation>
    </message>
    <message>
        <source>The images are stored as {} ({}), which was retired from the standard; re-export uncompressed or as JPEG 2000 lossless.</source>
        <translation>Die Bilder sind als {} ({}) gespeichert, das aus dem Standard entfernt wurde; exportieren Sie sie erneut unkomprimiert oder als JPEG 2000 verlustfrei.</translation>
    </message>
    <message>
        <source>The images are stored in a maker&apos;s private transfer syntax ({}); re-export uncompressed.</source>
        <translation>Die Bilder sind in der privaten Transfersyntax eines Herstellers gespeichert ({}); exportieren Sie sie erneut unkomprimiert.</translation>
    </message>
    <message>
        <source>The images are worked out for one energy (virtual monoenergetic): bone has other values in them than in a plain CT, from which the models learned.</source>
        <translation>Die Bilder sind für eine einzige Energie berechnet (virtuell monoenergetisch): Knochen hat darin andere Werte als in einem gewöhnlichen CT, aus dem die Modelle gelernt haben.</translation>
    </message>
    <message>
        <source>The images call a value of the tissue &apos;no value&apos; (Pixel Padding Value); it was read as what it is.</source>
        <translation>Die Bilder nennen einen Wert des Gewebes „kein Wert“ (Pixel Padding Value); er wurde als das gelesen, was er ist.</translation>
    </message>
    <message>
        <source>The images do not say how large a pixel is (Pixel Spacing); it is not guessed.</source>
        <translation>Die Bilder sagen nicht, wie groß ein Pixel ist (Pixel Spacing); es wird nicht geraten.</translation>
    </message>
    <message>
        <source>The images do not say how their numbers become HU (no rescale tags).</source>
        <translation>Die Bilder sagen nicht, wie aus ihren Zahlen HU werden (keine Rescale-Angaben).</translation>
    </message>
    <message>
        <source>The images do not say how their numbers become Hounsfield units; they look like Hounsfield units and are taken as such.</source>
        <translation>Die Bilder sagen nicht, wie aus ihren Zahlen Hounsfield-Einheiten werden; sie sehen wie Hounsfield-Einheiten aus und werden so verwendet.</translation>
    </message>
    <message>
        <source>The images have {} colours of {} bits; one of 8, 16 or 32 is expected.</source>
        <translation>Die Bilder haben {} Farben zu {} Bit; erwartet wird eine mit 8, 16 oder 32.</translation>
    </message>
    <message>
        <source>The images show one material, or all but one, or other numbers than Hounsfield units: nothing is detected in them. Open the plain CT images.</source>
        <translation>Die Bilder zeigen ein Material oder alles außer einem, oder andere Zahlen als Hounsfield-Einheiten: In ihnen wird nichts erkannt. Öffnen Sie die gewöhnlichen CT-Bilder.</translation>
    </message>
    <message>
        <source>The images were compressed with loss; fine lines may be missing or invented.</source>
        <translation>Die Bilder wurden verlustbehaftet komprimiert; feine Linien können fehlen oder erfunden sein.</translation>
    </message>
    <message>
        <source>The images were reduced to 256 grey values; no model is run.</source>
        <translation>Die Bilder wurden auf 256 Grauwerte reduziert; es wird kein Modell ausgeführt.</translation>
    </message>
    <message>
        <source>The largest part of the map ({share} %) lies {where}.</source>
        <translation>Der größte Anteil der Heatmap ({share} %) liegt {where}.</translation>
    </message>
    <message>
        <source>The left button&apos;s other tool, while held</source>
        <translation>Anderes Werkzeug der linken Maustaste, solange gehalten</translation>
    </message>
    <message>
        <source>The lightest material lies {}; air is expected at {} to {} HU.</source>
        <translation>Das Material der geringsten Dichte liegt {}; Luft wird bei {} bis {} HU erwartet.</translation>
    </message>
    <message>
        <source>The locator cannot be read ({}).</source>
        <translation>Das Lokalisierungsmodell kann nicht gelesen werden ({}).</translation>
    </message>
    <message>
        <source>The locator was made for another version of the program.</source>
        <translation>Das Lokalisierungsmodell wurde für eine andere Programmversion gemacht.</translation>
    </message>
    <message>
        <source>The log could not be written ({why}). Choose another place.</source>
        <translation>Das Protokoll konnte nicht geschrieben werden ({why}). Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>The map as coarse as the paper&apos;s, 4 × 4 × 4 cells, for comparison; the boxes stay (C)</source>
        <translation>Die Heatmap so grob wie in der Publikation, 4 × 4 × 4 Zellen, zum Vergleich; die Rahmen bleiben (C)</translation>
    </message>
    <message>
        <source>The model answers in shapes {} and {}.</source>
        <translation>Die Ausgaben des Modells haben die Form {} und {}.</translation>
    </message>
    <message>
        <source>The model could not be run ({}).</source>
        <translation>Das Modell konnte nicht ausgeführt werden ({}).</translation>
    </message>
    <message>
        <source>The model does not fit into this computer&apos;s memory.</source>
        <translation>Das Modell passt nicht in den Speicher dieses Rechners.</translation>
    </message>
    <message>
        <source>The model learned from simulated scans; its accuracy in patients is not known.</source>
        <translation>Das Modell wurde mit simulierten Scans trainiert; seine Treffsicherheit bei Patienten ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The model learned from: {data}. Its accuracy in patients is not known to this program.</source>
        <translation>Das Modell wurde trainiert mit: {data}. Seine Treffsicherheit bei Patienten ist diesem Programm nicht bekannt.</translation>
    </message>
    <message>
        <source>The model of this session ({name}) is not installed here.</source>
        <translation>Das Modell dieser Sitzung ({name}) ist hier nicht installiert.</translation>
    </message>
    <message>
        <source>The model pack must hold {} exactly once, it does so {} times.</source>
        <translation>Das Modellpaket muss {} genau einmal enthalten, tut es aber {}-mal.</translation>
    </message>
    <message>
        <source>The model pack {} or its {} does not exist.</source>
        <translation>Das Modellpaket {} oder seine Datei {} existiert nicht.</translation>
    </message>
    <message>
        <source>The model that answers; a model that has not answered yet is run</source>
        <translation>Das Modell, das antwortet; hat es noch nicht geantwortet, wird es ausgeführt</translation>
    </message>
    <message>
        <source>The models that come with the program learned from simulated scans; their accuracy in patients is not known.</source>
        <translation>Die mitgelieferten Modelle wurden mit simulierten Scans trainiert; ihre Treffsicherheit bei Patienten ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The orientation of the images is not a pair of right-angled directions.</source>
        <translation>Die Orientierung der Bilder ist kein Paar rechtwinkliger Richtungen.</translation>
    </message>
    <message>
        <source>The pack holds {} files; at most {} are expected.</source>
        <translation>Das Paket enthält {} Dateien; erwartet werden höchstens {}.</translation>
    </message>
    <message>
        <source>The pack {} is no sound .zip ({}).</source>
        <translation>Das Paket {} ist keine intakte .zip-Datei ({}).</translation>
    </message>
    <message>
        <source>The paper&apos;s coarse map</source>
        <translation>Grobe Heatmap wie in der Publikation</translation>
    </message>
    <message>
        <source>The patient is {} years old; the models are made for adults.</source>
        <translation>Der Patient ist {} Jahre alt; die Modelle sind für Erwachsene gemacht.</translation>
    </message>
    <message>
        <source>The patient&apos;s age is not stated; the models are made for adults.</source>
        <translation>Das Alter des Patienten ist nicht angegeben; die Modelle sind für Erwachsene gemacht.</translation>
    </message>
    <message>
        <source>The patient&apos;s age is outside the range that the models are made for.</source>
        <translation>Das Alter des Patienten liegt außerhalb des Bereichs, für den die Modelle gemacht sind.</translation>
    </message>
    <message>
        <source>The plane was turned meanwhile: start again (Esc)</source>
        <translation>Die Ebene wurde inzwischen gedreht: neu beginnen (Esc)</translation>
    </message>
    <message>
        <source>The position of the voxels in the patient is zero or not a number in the header.</source>
        <translation>Die Lage der Voxel im Patienten ist im Header null oder keine Zahl.</translation>
    </message>
    <message>
        <source>The program failed ({}); the log has the details.</source>
        <translation>Im Programm ist ein Fehler aufgetreten ({}); Einzelheiten stehen im Protokoll.</translation>
    </message>
    <message>
        <source>The reader&apos;s own box: {place}</source>
        <translation>Eigener Rahmen des Befunders: {place}</translation>
    </message>
    <message>
        <source>The review is not written</source>
        <translation>Die Bewertung ist nicht gespeichert</translation>
    </message>
    <message>
        <source>The rotation in the header (quaternion) is not a rotation.</source>
        <translation>Die Drehung im Header (Quaternion) ist keine Drehung.</translation>
    </message>
    <message>
        <source>The runtime must be one of {}, is {}.</source>
        <translation>Die Rechenumgebung muss eine von {} sein, ist {}.</translation>
    </message>
    <message>
        <source>The scan does not fit into this computer&apos;s memory.</source>
        <translation>Der Scan passt nicht in den Speicher dieses Rechners.</translation>
    </message>
    <message>
        <source>The scan ends {mm} mm above the joint</source>
        <translation>Der Scan endet {mm} mm über dem Gelenk</translation>
    </message>
    <message>
        <source>The scan holds no values at all, only padding.</source>
        <translation>Der Scan enthält gar keine Werte, nur Füllwerte.</translation>
    </message>
    <message>
        <source>The scan is not the one that this session was saved with: its content differs. It is shown from the start.</source>
        <translation>Der Scan ist nicht der, mit dem diese Sitzung gespeichert wurde: Sein Inhalt ist ein anderer. Er wird wie neu geöffnet gezeigt.</translation>
    </message>
    <message>
        <source>The scan of this session is neither at its place nor beside the session.</source>
        <translation>Der Scan dieser Sitzung ist weder an seinem Ort noch neben der Sitzung.</translation>
    </message>
    <message>
        <source>The scan shown is still the former one.</source>
        <translation>Gezeigt wird weiterhin der vorige Scan.</translation>
    </message>
    <message>
        <source>The scan shown is still {name}.</source>
        <translation>Gezeigt wird weiterhin der Scan {name}.</translation>
    </message>
    <message>
        <source>The scan&apos;s images lack what results must refer to: {}.</source>
        <translation>Den Bildern der Aufnahme fehlt, worauf sich Ergebnisse beziehen müssen: {}.</translation>
    </message>
    <message>
        <source>The series has {} usable slices; at least 3 are needed.</source>
        <translation>Nutzbare Schichten der Serie: {}; mindestens 3 sind nötig.</translation>
    </message>
    <message>
        <source>The session cannot be read ({why}).</source>
        <translation>Die Sitzung kann nicht gelesen werden ({why}).</translation>
    </message>
    <message>
        <source>The session could not be written ({why}). Choose another place.</source>
        <translation>Die Sitzung konnte nicht geschrieben werden ({why}). Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>The settings could not be read; the program starts with its own. The file is kept.</source>
        <translation>Die Einstellungen konnten nicht gelesen werden; das Programm startet mit den Voreinstellungen. Die Datei bleibt erhalten.</translation>
    </message>
    <message>
        <source>The shape of the bones and the landmarks disagree on where the joint lies; check that the ankle itself was assessed.</source>
        <translation>Form der Knochen und Landmarken stimmen nicht darin überein, wo das Gelenk liegt; prüfen Sie, ob wirklich das Sprunggelenk beurteilt wurde.</translation>
    </message>
    <message>
        <source>The slices are tilted by {} degrees against the stack; at most {} is accepted.</source>
        <translation>Die Schichten sind um {} Grad gegen den Stapel gekippt; höchstens {} werden akzeptiert.</translation>
    </message>
    <message>
        <source>The slices are {} mm apart; 0.01 to 20 mm are expected.</source>
        <translation>Die Schichten liegen {} mm auseinander; erwartet werden 0.01 bis 20 mm.</translation>
    </message>
    <message>
        <source>The slices are {} mm thick, but {} mm apart: what lies between is in none of them.</source>
        <translation>Die Schichten sind {} mm dick, aber {} mm voneinander entfernt: Was dazwischen liegt, ist in keiner zu sehen.</translation>
    </message>
    <message>
        <source>The slices were moved by up to {} mm to stand square and evenly; voxels count on that grid.</source>
        <translation>Die Schichten wurden um bis zu {} mm verschoben, damit sie rechtwinklig und gleichmäßig stehen; Voxel zählen in diesem Gitter.</translation>
    </message>
    <message>
        <source>The two positions in the header (sform, qform) differ by up to {} mm; at most {} mm is expected. The sform is shown.</source>
        <translation>Die beiden Lagen im Header (sform, qform) weichen bis zu {} mm voneinander ab; erwartet werden höchstens {} mm. Gezeigt wird die sform.</translation>
    </message>
    <message>
        <source>The values end at bit {} of {} and have {} bits; they must begin at bit 0.</source>
        <translation>Die Werte enden bei Bit {} von {} und haben {} Bits; sie müssen bei Bit 0 beginnen.</translation>
    </message>
    <message>
        <source>The voxel axes are {} degrees away from right angles; at most {} is accepted.</source>
        <translation>Die Voxelachsen weichen {} Grad vom rechten Winkel ab; höchstens {} werden akzeptiert.</translation>
    </message>
    <message>
        <source>The voxel axes were {} degrees away from right angles; the scan was resampled.</source>
        <translation>Die Voxelachsen wichen {} Grad vom rechten Winkel ab; der Scan wurde umgerechnet.</translation>
    </message>
    <message>
        <source>The voxels are of NIfTI type {}, such as colour; a CT holds plain numbers.</source>
        <translation>Die Voxel haben den NIfTI-Typ {}, etwa Farbe; ein CT enthält einfache Zahlen.</translation>
    </message>
    <message>
        <source>The voxels measure {} mm; {} to {} mm are expected.</source>
        <translation>Die Voxel messen {} mm; erwartet werden {} bis {} mm.</translation>
    </message>
    <message>
        <source>The {of} released models do not agree</source>
        <translation>Die {of} freigegebenen Modelle sind sich nicht einig</translation>
    </message>
    <message>
        <source>The {} stored in the model file is not readable.</source>
        <translation>Der Eintrag {} in der Modelldatei ist nicht lesbar.</translation>
    </message>
    <message>
        <source>There are no DICOM images in this folder.</source>
        <translation>In diesem Ordner sind keine DICOM-Bilder.</translation>
    </message>
    <message>
        <source>There are only overview images or images without a position, no slices.</source>
        <translation>Es gibt nur Übersichtsbilder oder Bilder ohne Position, keine Schichten.</translation>
    </message>
    <message>
        <source>There is no box to show.</source>
        <translation>Es gibt keinen Rahmen zu zeigen.</translation>
    </message>
    <message>
        <source>There is no decoder for the transfer syntax {}; re-export uncompressed.</source>
        <translation>Für die Transfersyntax {} gibt es keinen Decoder; exportieren Sie erneut unkomprimiert.</translation>
    </message>
    <message>
        <source>There is no model named {}; known: {}.</source>
        <translation>Es gibt kein Modell namens {}; bekannt: {}.</translation>
    </message>
    <message>
        <source>There is no other series beside this scan.</source>
        <translation>Neben diesem Scan gibt es keine andere Serie.</translation>
    </message>
    <message>
        <source>There is no such series; {} can be opened here.</source>
        <translation>Eine solche Serie gibt es nicht; Anzahl der hier zu öffnenden Serien: {}.</translation>
    </message>
    <message>
        <source>There is too little room on the disk to unpack the ZIP file.</source>
        <translation>Auf dem Datenträger ist zu wenig Platz, um die ZIP-Datei zu entpacken.</translation>
    </message>
    <message>
        <source>These files carry the patient&apos;s name and number, as the scan does: they belong into the same study. A new folder is made for them where you say.</source>
        <translation>Diese Dateien tragen Namen und Nummer des Patienten wie die Aufnahme: sie gehören in dieselbe Studie. Für sie wird dort, wo Sie es angeben, ein neuer Ordner angelegt.</translation>
    </message>
    <message>
        <source>These images are not a CT (Modality is not CT).</source>
        <translation>Diese Bilder sind kein CT (Modality ist nicht CT).</translation>
    </message>
    <message>
        <source>This file is not an image of a CT series.</source>
        <translation>Diese Datei ist kein Bild einer CT-Serie.</translation>
    </message>
    <message>
        <source>This installation has no decoder for JPEG images (package imagecodecs).</source>
        <translation>Diese Installation hat keinen Decoder für JPEG-Bilder (Paket imagecodecs).</translation>
    </message>
    <message>
        <source>This is a file of the open scan. Choose another name.</source>
        <translation>Das ist eine Datei des geöffneten Scans. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>This is a heat map that AnkleViewer wrote, not a scan.</source>
        <translation>Dies ist eine Heatmap, die AnkleViewer geschrieben hat, kein Scan.</translation>
    </message>
    <message>
        <source>This is neither a NIfTI file nor a DICOM image.</source>
        <translation>Dies ist weder eine NIfTI-Datei noch ein DICOM-Bild.</translation>
    </message>
    <message>
        <source>This is no session that this version of the program can read.</source>
        <translation>Dies ist keine Sitzung, die diese Programmversion lesen kann.</translation>
    </message>
    <message>
        <source>This is not an ordinary file.</source>
        <translation>Dies ist keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>This map stays below its floor and shows nothing.</source>
        <translation>Diese Karte bleibt unter ihrer Untergrenze und zeigt nichts.</translation>
    </message>
    <message>
        <source>This point belongs in the {planes} view</source>
        <translation>Dieser Punkt gehört in die Ansicht {planes}</translation>
    </message>
    <message>
        <source>This point lies outside of the scan</source>
        <translation>Dieser Punkt liegt außerhalb des Scans</translation>
    </message>
    <message>
        <source>This scan is not a DICOM series: there is no study that results could belong to.</source>
        <translation>Diese Aufnahme ist keine DICOM-Serie: Es gibt keine Studie, zu der Ergebnisse gehören könnten.</translation>
    </message>
    <message>
        <source>This step of the review could not be written to the disk; it is kept until the program is closed.</source>
        <translation>Dieser Schritt der Bewertung konnte nicht gespeichert werden; er bleibt erhalten, bis das Programm beendet wird.</translation>
    </message>
    <message>
        <source>Three further places are smaller.</source>
        <translation>Drei weitere Stellen sind kleiner.</translation>
    </message>
    <message>
        <source>Tibia and malleoli do not stand to each other as in an ankle, or too little of them is in the scan.</source>
        <translation>Tibia und Malleolen stehen nicht wie in einem Sprunggelenk zueinander, oder der Scan zeigt zu wenig davon.</translation>
    </message>
    <message>
        <source>Tibia to fibula in front, in the middle and at the back of the fibular notch. After Nault et al., J Orthop Trauma 2013; 27: 638.</source>
        <translation>Tibia bis Fibula vorn, in der Mitte und hinten an der Incisura fibularis. Nach Nault et al., J Orthop Trauma 2013; 27: 638.</translation>
    </message>
    <message>
        <source>Tibiofibular distance, 10 mm above the joint</source>
        <translation>Syndesmosenweite, 10 mm über dem Gelenk</translation>
    </message>
    <message>
        <source>To try it by itself: ankleviewer models verify {}</source>
        <translation>Einzeln prüfen: ankleviewer models verify {}</translation>
    </message>
    <message>
        <source>Too little of the tibia&apos;s shaft lies in the scan to tell its axis.</source>
        <translation>Vom Tibiaschaft liegt zu wenig im Scan, um seine Achse zu bestimmen.</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>Aufsicht</translation>
    </message>
    <message>
        <source>Turn the other planes left</source>
        <translation>Die anderen Ebenen nach links drehen</translation>
    </message>
    <message>
        <source>Turn the other planes right</source>
        <translation>Die anderen Ebenen nach rechts drehen</translation>
    </message>
    <message>
        <source>Turn the planes onto the ankle first</source>
        <translation>Richten Sie zuerst die Ebenen am Sprunggelenk aus</translation>
    </message>
    <message>
        <source>Two further places are smaller.</source>
        <translation>Zwei weitere Stellen sind kleiner.</translation>
    </message>
    <message>
        <source>Two points cannot lie at the same place</source>
        <translation>Zwei Punkte können nicht an derselben Stelle liegen</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>Unklar</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>Wird entpackt</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Vessel or nutrient canal</source>
        <translation>Gefäß oder Canalis nutricius</translation>
    </message>
    <message>
        <source>Volume rendering</source>
        <translation>Volume Rendering</translation>
    </message>
    <message>
        <source>Volume rendering in software too</source>
        <translation>Volume Rendering auch ohne Grafikkarte</translation>
    </message>
    <message>
        <source>What comes from the model is hidden</source>
        <translation>Was vom Modell kommt, ist ausgeblendet</translation>
    </message>
    <message>
        <source>What the 3D view shows</source>
        <translation>Was die 3D-Ansicht zeigt</translation>
    </message>
    <message>
        <source>What the model learned from is not known, nor its accuracy in patients.</source>
        <translation>Womit das Modell trainiert wurde, ist nicht bekannt, ebenso wenig seine Treffsicherheit bei Patienten.</translation>
    </message>
    <message>
        <source>What was assessed and what was not</source>
        <translation>Was beurteilt wurde und was nicht</translation>
    </message>
    <message>
        <source>What you conclude of this ankle yourself, whatever the models say; again: take it back</source>
        <translation>Was Sie selbst zu diesem Sprunggelenk sagen, unabhängig von den Modellen; noch einmal: zurücknehmen</translation>
    </message>
    <message>
        <source>Wheel, Up, Down</source>
        <translation>Mausrad, Pfeil auf, Pfeil ab</translation>
    </message>
    <message>
        <source>Where the model looked</source>
        <translation>Wohin das Modell blickte</translation>
    </message>
    <message>
        <source>Where the model looked, in words</source>
        <translation>Wohin das Modell blickte, in Worten</translation>
    </message>
    <message>
        <source>Why finding {number} is rejected</source>
        <translation>Warum Befund {number} verworfen wird</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fensterung</translation>
    </message>
    <message>
        <source>Without cast and splint</source>
        <translation>Ohne Gips und Schiene</translation>
    </message>
    <message>
        <source>Without cast, splint and table</source>
        <translation>Ohne Gips, Schiene und Tisch</translation>
    </message>
    <message>
        <source>Without cast, splint and table; bone that touches them may lack a little of its surface.</source>
        <translation>Ohne Gips, Schiene und Tisch; bei Knochen, der sie berührt, kann etwas von der Oberfläche fehlen.</translation>
    </message>
    <message>
        <source>Without the foot (disarticulate)</source>
        <translation>Ohne Fuß (exartikuliert)</translation>
    </message>
    <message>
        <source>Without the foot; pieces of the malleoli may be missing with it.</source>
        <translation>Ohne Fuß; Fragmente der Malleolen können mit ihm fehlen.</translation>
    </message>
    <message>
        <source>Writing results</source>
        <translation>Ergebnisse werden geschrieben</translation>
    </message>
    <message>
        <source>Your own keys</source>
        <translation>Eigene Tasten</translation>
    </message>
    <message>
        <source>Your own reading</source>
        <translation>Eigene Beurteilung</translation>
    </message>
    <message>
        <source>Your own reading is taken back</source>
        <translation>Die eigene Beurteilung ist zurückgenommen</translation>
    </message>
    <message>
        <source>Your own reading: {verdict}</source>
        <translation>Eigene Beurteilung: {verdict}</translation>
    </message>
    <message>
        <source>[ and ]</source>
        <translation>[ und ]</translation>
    </message>
    <message>
        <source>a point must lie where a scan may, is {}</source>
        <translation>ein Punkt muss dort liegen, wo ein Scan liegen kann, ist {}</translation>
    </message>
    <message>
        <source>a side of the region is shorter than 0.1 mm</source>
        <translation>eine Seite der ROI ist kürzer als 0.1 mm</translation>
    </message>
    <message>
        <source>about {mm} mm above the {joint}</source>
        <translation>etwa {mm} mm über dem {joint}</translation>
    </message>
    <message>
        <source>about {mm} mm below the {joint}</source>
        <translation>etwa {mm} mm unter dem {joint}</translation>
    </message>
    <message>
        <source>above plafond</source>
        <translation>über dem Plafond</translation>
    </message>
    <message>
        <source>accept, reject the selected finding; again: take it back</source>
        <translation>gewählten Befund bestätigen, verwerfen; noch einmal: zurücknehmen</translation>
    </message>
    <message>
        <source>analyse</source>
        <translation>analysieren</translation>
    </message>
    <message>
        <source>angle</source>
        <translation>Winkel</translation>
    </message>
    <message>
        <source>ankle not whole in the scan</source>
        <translation>Sprunggelenk nicht vollständig im Scan</translation>
    </message>
    <message>
        <source>anterior</source>
        <translation>anterior</translation>
    </message>
    <message>
        <source>area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>as thin as others, with a bone kernel</source>
        <translation>so dünn wie andere, mit Knochenkernel</translation>
    </message>
    <message>
        <source>at about {} HU</source>
        <translation>bei etwa {} HU</translation>
    </message>
    <message>
        <source>at the height of the {joint}</source>
        <translation>in Höhe des {joint}s</translation>
    </message>
    <message>
        <source>at the joint centre</source>
        <translation>in der Gelenkmitte</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>beside the middle of the joint</source>
        <translation>neben der Mitte des Gelenks</translation>
    </message>
    <message>
        <source>between the other ankles</source>
        <translation>zwischen den anderen Sprunggelenken</translation>
    </message>
    <message>
        <source>bone beside the joint reaches the side of the scan; a malleolus may be cut off.</source>
        <translation>Knochen neben dem Gelenk reicht bis an die Seite des Scans; ein Malleolus kann abgeschnitten sein.</translation>
    </message>
    <message>
        <source>bone, bone sharp, bone narrow, soft tissue, full range, model input</source>
        <translation>Knochen, Knochen scharf, Knochen schmal, Weichteile, voller Bereich, Modelleingabe</translation>
    </message>
    <message>
        <source>bones reach the upper end of the scan, but no joint line was found.</source>
        <translation>Knochen reichen bis an das obere Ende des Scans, aber es wurde kein Gelenkspalt gefunden.</translation>
    </message>
    <message>
        <source>both ankles side by side</source>
        <translation>beide Sprunggelenke nebeneinander</translation>
    </message>
    <message>
        <source>change a measure, remove the selected one</source>
        <translation>eine Messung ändern, die gewählte entfernen</translation>
    </message>
    <message>
        <source>copy a picture of the view, of the window</source>
        <translation>Bild der Ansicht, des Fensters kopieren</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>koronal</translation>
    </message>
    <message>
        <source>crosshair follows in every view</source>
        <translation>Fadenkreuz folgt in allen Ansichten</translation>
    </message>
    <message>
        <source>crosshair one pixel within its slice; with Shift five</source>
        <translation>Fadenkreuz ein Pixel in seiner Schicht; mit Umschalt fünf</translation>
    </message>
    <message>
        <source>crosshair, corner text</source>
        <translation>Fadenkreuz, Ecktexte</translation>
    </message>
    <message>
        <source>directories</source>
        <translation>Inhaltsverzeichnis(se)</translation>
    </message>
    <message>
        <source>distal tibia, distal fibula and talus</source>
        <translation>distale Tibia, distale Fibula und Talus</translation>
    </message>
    <message>
        <source>edit the box of the selected finding; Ctrl + arrows move it, with Shift its right and lower edge</source>
        <translation>Rahmen des gewählten Befunds bearbeiten; Strg + Pfeile verschieben ihn, mit Umschalt rechte und untere Kante</translation>
    </message>
    <message>
        <source>end: tool, box, turning, analysis, message, a view that fills the window</source>
        <translation>beenden: Werkzeug, Rahmen, Drehen, Analyse, Meldung, Ansicht im ganzen Fenster</translation>
    </message>
    <message numerus="yes">
        <source>every %n slices</source>
        <translation>
            <numerusform>jede Schicht</numerusform>
            <numerusform>jede %n. Schicht</numerusform>
        </translation>
    </message>
    <message>
        <source>every slice</source>
        <translation>jede Schicht</translation>
    </message>
    <message>
        <source>fewer than {} slices</source>
        <translation>weniger als {} Schichten</translation>
    </message>
    <message>
        <source>file name hidden</source>
        <translation>Dateiname verborgen</translation>
    </message>
    <message>
        <source>files without pixels</source>
        <translation>Datei(en) ohne Pixel</translation>
    </message>
    <message>
        <source>first, last slice</source>
        <translation>erste, letzte Schicht</translation>
    </message>
    <message>
        <source>fit the ankle, the whole scan</source>
        <translation>Sprunggelenk, ganzen Scan einpassen</translation>
    </message>
    <message>
        <source>five slices</source>
        <translation>fünf Schichten</translation>
    </message>
    <message>
        <source>fracture</source>
        <translation>Fraktur</translation>
    </message>
    <message>
        <source>fragment</source>
        <translation>Fragment</translation>
    </message>
    <message>
        <source>from above</source>
        <translation>von oben</translation>
    </message>
    <message>
        <source>from the front</source>
        <translation>von vorn</translation>
    </message>
    <message>
        <source>from the left</source>
        <translation>von links</translation>
    </message>
    <message>
        <source>from the right</source>
        <translation>von rechts</translation>
    </message>
    <message>
        <source>gap</source>
        <translation>Spalt</translation>
    </message>
    <message>
        <source>guided: step-off, posterior fragment, medial clear space, tibiofibular</source>
        <translation>geführt: Gelenkstufe, Volkmann-Fragment, Medial Clear Space, Syndesmosenweite</translation>
    </message>
    <message>
        <source>heat map, boxes, outline or fill</source>
        <translation>Heatmap, Rahmen, Umriss oder Füllung</translation>
    </message>
    <message>
        <source>heat maps</source>
        <translation>Heatmap(s)</translation>
    </message>
    <message>
        <source>hide everything that comes from the model</source>
        <translation>alles ausblenden, was vom Modell kommt</translation>
    </message>
    <message>
        <source>hide patient and file names, also in pictures</source>
        <translation>Patienten- und Dateinamen verbergen, auch in Bildern</translation>
    </message>
    <message>
        <source>images of other methods</source>
        <translation>Bild(er) anderer Modalitäten</translation>
    </message>
    <message>
        <source>images that are cut off</source>
        <translation>abgeschnittene(s) Bild(er)</translation>
    </message>
    <message>
        <source>images that cannot be read</source>
        <translation>nicht lesbare(s) Bild(er)</translation>
    </message>
    <message>
        <source>images with a wrong number of frames</source>
        <translation>Bild(er) mit falscher Frame-Anzahl</translation>
    </message>
    <message>
        <source>images without position</source>
        <translation>Bild(er) ohne Position</translation>
    </message>
    <message>
        <source>in the middle of the joint</source>
        <translation>in der Mitte des Gelenks</translation>
    </message>
    <message>
        <source>incomplete</source>
        <translation>unvollständig</translation>
    </message>
    <message>
        <source>its headers do not say how far the slices are apart</source>
        <translation>ihre Header nennen keinen Schichtabstand</translation>
    </message>
    <message>
        <source>joint line</source>
        <translation>Gelenkspalt</translation>
    </message>
    <message>
        <source>kernel {}</source>
        <translation>Kernel {}</translation>
    </message>
    <message>
        <source>lateral</source>
        <translation>lateral</translation>
    </message>
    <message>
        <source>lateral malleolus</source>
        <translation>Außenknöchel</translation>
    </message>
    <message>
        <source>length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>localizers</source>
        <translation>Übersichtsaufnahme(n)</translation>
    </message>
    <message>
        <source>mark a fracture that was missed, at the crosshair</source>
        <translation>übersehene Fraktur am Fadenkreuz markieren</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>measure a distance, an angle, a region (HU)</source>
        <translation>Strecke, Winkel, ROI (HU) messen</translation>
    </message>
    <message>
        <source>medial</source>
        <translation>medial</translation>
    </message>
    <message>
        <source>medial clear space</source>
        <translation>Medial Clear Space</translation>
    </message>
    <message>
        <source>medial malleolus</source>
        <translation>Innenknöchel</translation>
    </message>
    <message>
        <source>middle</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>mortise view: along the tibia, through both malleoli</source>
        <translation>Mortise-Ansicht: entlang der Tibia, durch beide Malleolen</translation>
    </message>
    <message>
        <source>next, previous finding</source>
        <translation>nächster, voriger Befund</translation>
    </message>
    <message>
        <source>no fracture</source>
        <translation>keine Fraktur</translation>
    </message>
    <message>
        <source>no fracture found</source>
        <translation>keine Fraktur gefunden</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>keine Taste</translation>
    </message>
    <message>
        <source>no plain slices: projections, or images of one material or without one</source>
        <translation>keine gewöhnlichen Schichten: Projektionen oder Bilder eines Materials oder ohne eines</translation>
    </message>
    <message>
        <source>no voxel of the scan lies inside the region</source>
        <translation>kein Voxel des Scans liegt in der ROI</translation>
    </message>
    <message>
        <source>not assessed</source>
        <translation>nicht beurteilt</translation>
    </message>
    <message>
        <source>not axial</source>
        <translation>nicht axial</translation>
    </message>
    <message>
        <source>nowhere</source>
        <translation>nirgends</translation>
    </message>
    <message>
        <source>oblique planes and back; reset to the scan&apos;s own</source>
        <translation>schräge Ebenen und zurück; auf die des Scans zurücksetzen</translation>
    </message>
    <message>
        <source>one corner</source>
        <translation>eine Ecke</translation>
    </message>
    <message>
        <source>one end</source>
        <translation>ein Ende</translation>
    </message>
    <message>
        <source>one slice</source>
        <translation>eine Schicht</translation>
    </message>
    <message>
        <source>one view fills the window, and back</source>
        <translation>eine Ansicht im ganzen Fenster, und zurück</translation>
    </message>
    <message>
        <source>only {} mm below the joint lie in the scan; the talus is not contained.</source>
        <translation>Nur {} mm unterhalb des Gelenks liegen im Scan; der Talus ist nicht enthalten.</translation>
    </message>
    <message>
        <source>only {} mm of the tibia above the joint lie in the scan; 14 mm are needed.</source>
        <translation>Nur {} mm der Tibia oberhalb des Gelenks liegen im Scan; 14 mm sind nötig.</translation>
    </message>
    <message>
        <source>open a file, a folder, another series of this folder</source>
        <translation>Datei, Ordner, andere Serie dieses Ordners öffnen</translation>
    </message>
    <message>
        <source>other files</source>
        <translation>andere Datei(en)</translation>
    </message>
    <message>
        <source>outside the scan</source>
        <translation>außerhalb des Scans</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>verschieben</translation>
    </message>
    <message>
        <source>plafond</source>
        <translation>Plafond</translation>
    </message>
    <message>
        <source>posterior</source>
        <translation>posterior</translation>
    </message>
    <message>
        <source>preliminary</source>
        <translation>vorläufig</translation>
    </message>
    <message>
        <source>result column</source>
        <translation>Ergebnisspalte</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>sagittal</translation>
    </message>
    <message>
        <source>save result and review, session</source>
        <translation>Ergebnis und Bewertung, Sitzung speichern</translation>
    </message>
    <message>
        <source>scroll</source>
        <translation>blättern</translation>
    </message>
    <message>
        <source>set the crosshair</source>
        <translation>Fadenkreuz setzen</translation>
    </message>
    <message>
        <source>share of AP length</source>
        <translation>Anteil der AP-Länge</translation>
    </message>
    <message>
        <source>slab: next thickness, next mode (MIP, MinIP, mean)</source>
        <translation>Slab: nächste Dicke, nächster Modus (MIP, MinIP, Mittelwert)</translation>
    </message>
    <message>
        <source>step-off</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>talar dome</source>
        <translation>Talusrolle</translation>
    </message>
    <message>
        <source>the back corner of the notch, on the tibia</source>
        <translation>hintere Ecke der Inzisur, an der Tibia</translation>
    </message>
    <message>
        <source>the back lip of the plafond, on the fragment</source>
        <translation>Hinterkante des Plafonds, auf dem Fragment</translation>
    </message>
    <message>
        <source>the deepest place of the notch, on the tibia</source>
        <translation>tiefste Stelle der Inzisur, an der Tibia</translation>
    </message>
    <message>
        <source>the end of one arm</source>
        <translation>Ende des einen Schenkels</translation>
    </message>
    <message>
        <source>the end of that surface at the fracture</source>
        <translation>Ende dieser Fläche an der Fraktur</translation>
    </message>
    <message>
        <source>the end of the other arm</source>
        <translation>Ende des anderen Schenkels</translation>
    </message>
    <message>
        <source>the end of the other fragment&apos;s surface</source>
        <translation>Ende der Gelenkfläche des anderen Fragments</translation>
    </message>
    <message>
        <source>the field of view ends close to the joint; a malleolus may be cut off.</source>
        <translation>Das Bildfeld endet nahe am Gelenk; ein Malleolus kann abgeschnitten sein.</translation>
    </message>
    <message>
        <source>the first lip is the front one, and lies behind the second</source>
        <translation>die erste Lippe ist die vordere und liegt hinter der zweiten</translation>
    </message>
    <message>
        <source>the fracture at the joint surface</source>
        <translation>Fraktur an der Gelenkfläche</translation>
    </message>
    <message>
        <source>the fracture lies beside the plafond, not between its lips</source>
        <translation>die Fraktur liegt neben dem Plafond, nicht zwischen seinen Lippen</translation>
    </message>
    <message>
        <source>the front corner of the fibular notch, on the tibia</source>
        <translation>vordere Ecke der Incisura fibularis, an der Tibia</translation>
    </message>
    <message>
        <source>the front lip of the plafond</source>
        <translation>Vorderkante des Plafonds</translation>
    </message>
    <message>
        <source>the joint lies at the side of the scan and is cut off.</source>
        <translation>Das Gelenk liegt am Rand des Scans und ist abgeschnitten.</translation>
    </message>
    <message>
        <source>the larger fragment&apos;s joint surface, 10 mm from the fracture</source>
        <translation>Gelenkfläche des größeren Fragments, 10 mm von der Fraktur</translation>
    </message>
    <message>
        <source>the lateral border of the medial malleolus, 5 mm below the talar dome</source>
        <translation>laterale Kontur des Innenknöchels, 5 mm unter der Talusrolle</translation>
    </message>
    <message>
        <source>the lateral malleolus</source>
        <translation>dem Außenknöchel</translation>
    </message>
    <message>
        <source>the map as coarse as the paper&apos;s, and back</source>
        <translation>Heatmap so grob wie in der Publikation, und zurück</translation>
    </message>
    <message>
        <source>the medial border of the talus, straight across</source>
        <translation>mediale Kontur des Talus, gerade gegenüber</translation>
    </message>
    <message>
        <source>the medial malleolus</source>
        <translation>dem Innenknöchel</translation>
    </message>
    <message>
        <source>the middle of the plafond; the axial view then goes 10 mm above it</source>
        <translation>Mitte des Plafonds; die axiale Ansicht geht dann 10 mm darüber</translation>
    </message>
    <message>
        <source>the nearest point of the fibula, {}</source>
        <translation>nächster Punkt der Fibula, {}</translation>
    </message>
    <message>
        <source>the only one without a fault</source>
        <translation>die einzige ohne Mangel</translation>
    </message>
    <message>
        <source>the opposite corner</source>
        <translation>gegenüberliegende Ecke</translation>
    </message>
    <message>
        <source>the other end</source>
        <translation>anderes Ende</translation>
    </message>
    <message>
        <source>the region has no area</source>
        <translation>die ROI hat keine Fläche</translation>
    </message>
    <message>
        <source>the region lies outside the scan</source>
        <translation>die ROI liegt außerhalb des Scans</translation>
    </message>
    <message>
        <source>the scan ends at or below the lower end of the tibia; the joint cannot be assessed.</source>
        <translation>Der Scan endet am unteren Ende der Tibia oder darunter; das Gelenk kann nicht beurteilt werden.</translation>
    </message>
    <message>
        <source>the talar dome</source>
        <translation>der Talusrolle</translation>
    </message>
    <message>
        <source>the talus is not contained in the scan.</source>
        <translation>Der Talus ist im Scan nicht enthalten.</translation>
    </message>
    <message>
        <source>the thinnest slices</source>
        <translation>die dünnsten Schichten</translation>
    </message>
    <message>
        <source>the vertex</source>
        <translation>Scheitel</translation>
    </message>
    <message>
        <source>the {} and the {} lie outside of the scan.</source>
        <translation>{} und {} liegen außerhalb des Scans.</translation>
    </message>
    <message>
        <source>the {} lies at the end of the scan; a part of it may be cut off.</source>
        <translation>Der {} liegt am Rand des Scans; ein Teil davon kann abgeschnitten sein.</translation>
    </message>
    <message>
        <source>the {} lies outside of the scan.</source>
        <translation>Der {} liegt außerhalb des Scans.</translation>
    </message>
    <message>
        <source>the {} was not seen and may lie outside of the scan.</source>
        <translation>Der {} wurde nicht gesehen und liegt vielleicht außerhalb des Scans.</translation>
    </message>
    <message>
        <source>threshold of the heat map, slices and 3D</source>
        <translation>Schwelle der Heatmap, Schichten und 3D</translation>
    </message>
    <message>
        <source>towards the patient&apos;s back</source>
        <translation>zur Rückseite des Patienten hin</translation>
    </message>
    <message>
        <source>towards the patient&apos;s feet</source>
        <translation>zu den Füßen des Patienten hin</translation>
    </message>
    <message>
        <source>towards the patient&apos;s front</source>
        <translation>zur Vorderseite des Patienten hin</translation>
    </message>
    <message>
        <source>towards the patient&apos;s head</source>
        <translation>zum Kopf des Patienten hin</translation>
    </message>
    <message>
        <source>towards the patient&apos;s left</source>
        <translation>zur linken Seite des Patienten hin</translation>
    </message>
    <message>
        <source>towards the patient&apos;s right</source>
        <translation>zur rechten Seite des Patienten hin</translation>
    </message>
    <message>
        <source>turn the two other planes; by key: Alt+Left, Alt+Right</source>
        <translation>die beiden anderen Ebenen drehen; mit Tasten: Alt+Links, Alt+Rechts</translation>
    </message>
    <message>
        <source>two points of a measure lie at the same place</source>
        <translation>zwei Punkte einer Messung liegen an derselben Stelle</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>unklar</translation>
    </message>
    <message>
        <source>undo, redo</source>
        <translation>rückgängig, wiederholen</translation>
    </message>
    <message>
        <source>unreadable files</source>
        <translation>unlesbare Datei(en)</translation>
    </message>
    <message>
        <source>voxels</source>
        <translation>Voxel</translation>
    </message>
    <message>
        <source>while measuring: set a point, at the crosshair; Backspace: one back; Esc: end</source>
        <translation>beim Messen: Punkt setzen, am Fadenkreuz; Rücktaste: einen zurück; Esc: beenden</translation>
    </message>
    <message>
        <source>window and level</source>
        <translation>Fensterung</translation>
    </message>
    <message>
        <source>your own reading: fracture, no fracture, unsure; again: take it back</source>
        <translation>eigene Beurteilung: Fraktur, keine Fraktur, unsicher; noch einmal: zurücknehmen</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>{across} and {along}</source>
        <translation>{across} und {along}</translation>
    </message>
    <message>
        <source>{agree} of {of} models agree: {call}</source>
        <translation>{agree} von {of} Modellen stimmen überein: {call}</translation>
    </message>
    <message>
        <source>{call}: show this model&apos;s boxes and heat map</source>
        <translation>{call}: Rahmen und Heatmap dieses Modells zeigen</translation>
    </message>
    <message>
        <source>{cells}³ cells of {edge} mm</source>
        <translation>{cells}³ Zellen à {edge} mm</translation>
    </message>
    <message>
        <source>{columns} × {rows} pixels</source>
        <translation>{columns} × {rows} Pixel</translation>
    </message>
    <message>
        <source>{engine} answers otherwise than the CPU on this computer. It is no longer used; the scan is analysed again.</source>
        <translation>{engine} antwortet auf diesem Computer anders als die CPU. Es wird nicht mehr verwendet; der Scan wird noch einmal ausgewertet.</translation>
    </message>
    <message>
        <source>{mm} mm thick</source>
        <translation>{mm} mm dick</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{count}; just above the threshold of {threshold}</source>
        <translation>{count}; knapp über der Schwelle von {threshold}</translation>
    </message>
    <message>
        <source>save report, results for the PACS, picture</source>
        <translation>Bericht, Ergebnisse für das PACS, Bild speichern</translation>
    </message>
    <message>
        <source>{head}: {text}</source>
        <translation>{head}: {text}</translation>
    </message>
    <message>
        <source>{key} belongs to the views and to moving between controls; it cannot be given away.</source>
        <translation>{key} gehört den Ansichten und dem Wechsel zwischen Bedienelementen; die Taste kann nicht vergeben werden.</translation>
    </message>
    <message>
        <source>{key} belongs to: {names}. Assigning it takes it away there.</source>
        <translation>{key} gehört zu: {names}. Durch das Zuweisen entfällt sie dort.</translation>
    </message>
    <message>
        <source>{mm} mm above the joint centre</source>
        <translation>{mm} mm über der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm apart</source>
        <translation>{mm} mm Abstand</translation>
    </message>
    <message>
        <source>{mm} mm behind the joint centre</source>
        <translation>{mm} mm hinter der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm below the joint centre</source>
        <translation>{mm} mm unter der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm in front of the joint centre</source>
        <translation>{mm} mm vor der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm lateral of the joint centre</source>
        <translation>{mm} mm lateral der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm medial of the joint centre</source>
        <translation>{mm} mm medial der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm to the left of the joint centre</source>
        <translation>{mm} mm links der Gelenkmitte</translation>
    </message>
    <message>
        <source>{mm} mm to the right of the joint centre</source>
        <translation>{mm} mm rechts der Gelenkmitte</translation>
    </message>
    <message>
        <source>{number} edited</source>
        <translation>{number} bearbeitet</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} von {count}</translation>
    </message>
    <message>
        <source>{number} {what}</source>
        <translation>{number} {what}</translation>
    </message>
    <message>
        <source>{plane} only</source>
        <translation>{plane} allein</translation>
    </message>
    <message>
        <source>{plane} slices</source>
        <translation>Schichten {plane}</translation>
    </message>
    <message>
        <source>{position} mm;  size {size} mm</source>
        <translation>{position} mm;  Größe {size} mm</translation>
    </message>
    <message>
        <source>{share} % of the map</source>
        <translation>{share} % der Heatmap</translation>
    </message>
    <message>
        <source>{title}, version {version}</source>
        <translation>{title}, Version {version}</translation>
    </message>
    <message>
        <source>{variable} in the environment decides the language of the window</source>
        <translation>Sprache durch {variable} (Umgebung) festgelegt</translation>
    </message>
    <message>
        <source>{where}, near {name}</source>
        <translation>{where}, nahe {name}</translation>
    </message>
    <message>
        <source>{} MB claim to hold {} MB; that is more than a scan is compressed.</source>
        <translation>{} MB geben vor, {} MB zu enthalten; so stark lässt sich kein Scan komprimieren.</translation>
    </message>
    <message>
        <source>{} MB inflate to more than {} MB.</source>
        <translation>{} MB ergeben entpackt mehr als {} MB.</translation>
    </message>
    <message>
        <source>{} MB on disk claim to hold {} MB; more than {} : 1 is not read.</source>
        <translation>{} MB auf dem Datenträger geben vor, {} MB zu enthalten; mehr als {} : 1 wird nicht gelesen.</translation>
    </message>
    <message>
        <source>{} did not start; another engine was used.</source>
        <translation>{} startete nicht; eine andere Rechenumgebung wurde verwendet.</translation>
    </message>
    <message>
        <source>{} did not start; the CPU was used.</source>
        <translation>{} startete nicht; die CPU wurde verwendet.</translation>
    </message>
    <message>
        <source>{} failed; another engine was used.</source>
        <translation>{} ist ausgefallen; eine andere Rechenumgebung wurde verwendet.</translation>
    </message>
    <message>
        <source>{} failed; the CPU was used.</source>
        <translation>{} ist ausgefallen; die CPU wurde verwendet.</translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) are contained twice; the copies were left out.</source>
        <translation>
            <numerusform>{} Bild ist doppelt enthalten; die Kopie wurde ausgelassen.</numerusform>
            <numerusform>{} Bilder sind doppelt enthalten; die Kopien wurden ausgelassen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) are empty, cut off within their header or unreadable, and were left out: slices may be missing.</source>
        <translation>
            <numerusform>{} Bild ist leer, innerhalb seines Headers abgeschnitten oder unlesbar und wurde ausgelassen: Schichten können fehlen.</numerusform>
            <numerusform>{} Bilder sind leer, innerhalb ihres Headers abgeschnitten oder unlesbar und wurden ausgelassen: Schichten können fehlen.</numerusform>
        </translation>
    </message>
    <message>
        <source>{} is not available on this computer; the CPU was used.</source>
        <translation>{} ist auf diesem Rechner nicht verfügbar; die CPU wurde verwendet.</translation>
    </message>
    <message>
        <source>{} is not the file that its record describes.</source>
        <translation>{} ist nicht die Datei, die ihr Eintrag beschreibt.</translation>
    </message>
    <message>
        <source>{} mm of {} mm</source>
        <translation>{} mm von {} mm</translation>
    </message>
    <message>
        <source>{} mm thick</source>
        <translation>{} mm dick</translation>
    </message>
    <message>
        <source>{} of model {} is not the file that its manifest describes.</source>
        <translation>{} von Modell {} ist nicht die Datei, die sein Manifest beschreibt.</translation>
    </message>
    <message>
        <source>{} of pack {} cannot be read (error {}).</source>
        <translation>{} von Paket {} kann nicht gelesen werden (Fehler {}).</translation>
    </message>
    <message>
        <source>{} of pack {} is no ordinary file.</source>
        <translation>{} des Pakets {} ist keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>{} of the scan&apos;s {} DICOM files are still where it was read from; open it anew.</source>
        <translation>{} der {} DICOM-Dateien der Aufnahme liegen noch dort, wo sie gelesen wurde; öffnen Sie sie neu.</translation>
    </message>
    <message>
        <source>{} of what is not air is denser than {} HU: metal. Its streaks can hide or imitate a fracture.</source>
        <translation>{} dessen, was nicht Luft ist, ist dichter als {} HU: Metall. Seine Streifenartefakte können eine Fraktur verdecken oder vortäuschen.</translation>
    </message>
    <message>
        <source>{}: slices are missing in the cube around the joint that the models see and were filled in.</source>
        <translation>{}: Im Würfel um das Gelenk, den die Modelle sehen, fehlen Schichten; sie wurden aufgefüllt.</translation>
    </message>
    <message>
        <source>{} of the voxels are denser than {} HU; {} to {} are expected in a CT of bones.</source>
        <translation>{} der Voxel sind dichter als {} HU; in einem Knochen-CT werden {} bis {} erwartet.</translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) of the series do not tell their place and were left out: slices may be missing.</source>
        <translation>
            <numerusform>{} Bild der Serie nennt seinen Ort nicht und wurde ausgelassen: Schichten können fehlen.</numerusform>
            <numerusform>{} Bilder der Serie nennen ihren Ort nicht und wurden ausgelassen: Schichten können fehlen.</numerusform>
        </translation>
    </message>
    <message>
        <source>{} of the voxels are not numbers; at most {} may be.</source>
        <translation>{} der Voxel sind keine Zahlen; höchstens {} dürfen es sein.</translation>
    </message>
    <message>
        <source>{} of {} images do not say how their numbers become HU (no rescale tags), and the others do.</source>
        <translation>{} von {} Bildern sagen nicht, wie ihre Zahlen zu HU werden (keine Rescale-Angaben), die übrigen tun es.</translation>
    </message>
    <message>
        <source>{} of {} images lie in another direction or have another size and were left out.</source>
        <translation>{} von {} Bildern liegen in anderer Richtung oder haben andere Größe und wurden ausgelassen.</translation>
    </message>
    <message numerus="yes">
        <source>{} place(s) hold two different images; which one is right is unknown.</source>
        <translation>
            <numerusform>An {} Stelle liegen zwei verschiedene Bilder; welches das richtige ist, ist unbekannt.</numerusform>
            <numerusform>An {} Stellen liegen je zwei verschiedene Bilder; welches das richtige ist, ist unbekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} slice(s) are missing after slice {}; they are filled in and marked, and nothing is detected there.</source>
        <translation>
            <numerusform>{} Schicht fehlt nach Schicht {}; sie ist aufgefüllt und markiert, dort wird nicht nach Frakturen gesucht.</numerusform>
            <numerusform>{} Schichten fehlen nach Schicht {}; sie sind aufgefüllt und markiert, dort wird nicht nach Frakturen gesucht.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} slices are missing in {} place(s); one gap of at most {} is accepted.</source>
        <translation>
            <numerusform>{} Schichten fehlen an {} Stelle; akzeptiert wird eine Lücke von höchstens {}.</numerusform>
            <numerusform>{} Schichten fehlen an {} Stellen; akzeptiert wird eine Lücke von höchstens {}.</numerusform>
        </translation>
    </message>
    <message>
        <source>{} to {} HU</source>
        <translation>{} bis {} HU</translation>
    </message>
    <message>
        <source>{} voxels are not numbers and are shown as air.</source>
        <translation>{} Voxel sind keine Zahlen und werden als Luft gezeigt.</translation>
    </message>
    <message>
        <source>{}: 1 slice</source>
        <translation>{}: 1 Schicht</translation>
    </message>
    <message>
        <source>{}: the heel lies towards the patient&apos;s front, as if the patient had lain the other way than the file says; its letters for left, right, front and back may be wrong.</source>
        <translation>{}: Die Ferse liegt zur Vorderseite des Patienten hin, als hätte er anders gelegen, als die Datei sagt; ihre Buchstaben für links, rechts, vorn und hinten können falsch sein.</translation>
    </message>
    <message>
        <source>{}: the leg is {}° from upright in the scan; it was turned for the models, which may overlook more in it. Check whether the scan&apos;s orientation is right.</source>
        <translation>{}: Das Bein weicht im Scan {}° von der Senkrechten ab; für die Modelle, die darin mehr übersehen können, wurde es gedreht. Prüfen Sie, ob die Orientierung des Scans stimmt.</translation>
    </message>
    <message>
        <source>{}; with {} held: {}</source>
        <translation>{}; mit gehaltener Taste {}: {}</translation>
    </message>
    <message>
        <source>✓ Accept</source>
        <translation>✓ Bestätigen</translation>
    </message>
    <message>
        <source>✕ Reject</source>
        <translation>✕ Verwerfen</translation>
    </message>
</context>
</TS>
